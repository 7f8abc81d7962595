"""Imports that came through the door: from blob store and record to a catalogue in force and a report."""

import io
import zipfile
from typing import Any

import pytest
from celery.exceptions import Retry

from shared.blobs import BlobStore
from shared.broker import connect
from shared.catalogues.snapshot import current, versions
from shared.contracts import JobState
from shared.eyewear.render import render_png
from shared.eyewear.spec import FrameSpec
from shared.records import keys
from shared.records.imports import IMAGES, TABLE, Import, Imports, Order
from shared.settings import Settings
from workers.search.importing import job, tasks
from workers.search.importing.job import carry_out

SHOP = b"sku;gender;color;ton;price\n1;women;red;gold;99\n2;men;blue;silver;-1\n3;men;black;gold;5\n"


class Door:
    """What the gateway does with an upload."""

    def __init__(self, config: Settings) -> None:
        self.config = config
        self.records = Imports(connect(config))
        self.blobs = BlobStore.from_settings(config)

    def upload(self, table: bytes, images: bytes | None = None, **order: Any) -> str:
        """Keep the files and open a record."""
        import_id = Imports.new_id()
        self.blobs.put(import_id, TABLE, table)
        if images is not None:
            self.blobs.put(import_id, IMAGES, images)
        self.records.create(import_id, "tenant", Order(name="shop", **order), "csv")
        return import_id

    def done(self, import_id: str) -> Import:
        """Carry it out and read the record."""
        carry_out(import_id, self.records, self.blobs)
        return self.records.read(import_id)


@pytest.fixture
def door(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A gateway's side, with the worker's settings being these."""
    for module in (job, tasks):
        if hasattr(module, "settings"):
            monkeypatch.setattr(module, "settings", lambda: config)
    monkeypatch.setattr("workers.search.importing.table.settings", lambda: config)
    monkeypatch.setattr(tasks, "_client", lambda: connect(config))
    return Door(config)


def test_an_upload_becomes_a_catalogue(door: Door) -> None:
    """Given a table with a mapping / If carried out / Then it is in force, and the record tells rows and reasons."""
    done = door.done(door.upload(SHOP, mapping={"second_color": "ton"}))
    assert done.state is JobState.SUCCEEDED
    assert done.started
    assert done.finished
    assert done.report is not None
    assert (done.report["accepted"], done.report["rejected"], done.report["in_force"]) == (2, 1, True)
    assert done.report["version"] == current(door.config.data_dir, "shop")
    assert done.report["columns"]["second_color"] == ["ton"]
    (problem,) = done.report["problems"]
    assert (problem["row"], problem["line"], problem["reason"]) == (1, 3, "the price -1 is negative")
    assert done.done == 3


def test_pictures_come_along_as_a_zip(door: Door) -> None:
    """Given a zip of pictures / If carried out / Then frames are read from them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("1.png", render_png(FrameSpec(), 400))
    done = door.done(door.upload(SHOP, packed.getvalue()))
    assert done.report is not None
    assert done.report["photos"] == 1


def test_validating_puts_nothing_in_force(door: Door) -> None:
    """Given `validate_only` / If carried out / Then there is a report and no catalogue."""
    done = door.done(door.upload(SHOP, validate_only=True))
    assert done.state is JobState.SUCCEEDED
    assert done.report is not None
    assert done.report["version"] is None
    assert versions(door.config.data_dir) == {}


def test_a_table_that_cannot_be_read_is_the_clients_error(door: Door) -> None:
    """Given a spreadsheet, or a mapping that makes no sense / If carried out / Then the record tells the problem."""
    for table, order in ((b"PK\x03\x04", {}), (SHOP, {"mapping": {"colour": "x"}})):
        done = door.done(door.upload(table, **order))
        assert done.state is JobState.FAILED
        assert done.error is not None
        assert done.error["code"] == "catalogue_invalid"
        assert str(door.config.data_dir) not in str(done.error)


def test_a_fault_of_ours_tells_nothing_of_the_inside(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a bug in the import / If carried out / Then the record says so in one sentence, without its words."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(job, "import_table", broken)
    done = door.done(door.upload(SHOP))
    assert done.state is JobState.FAILED
    assert done.error is not None
    assert done.error["code"] == "internal"
    assert "secret" not in str(done.error)


def test_an_import_that_was_removed_is_let_be(door: Door) -> None:
    """Given a record removed before or during the work / If carried out / Then nothing is raised or put in force."""
    gone = door.upload(SHOP)
    door.records.remove(gone, "tenant")
    carry_out(gone, door.records, door.blobs)
    tasks.run.run(gone)
    assert versions(door.config.data_dir) == {}


def test_a_message_that_comes_twice_is_one_import(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a finished import / If its message comes again / Then nothing is done."""
    import_id = door.upload(SHOP)
    tasks.run.run(import_id)
    first = door.records.read(import_id)
    assert first.state is JobState.SUCCEEDED

    def again(*_: object) -> None:
        raise AssertionError("done twice")

    monkeypatch.setattr(tasks, "carry_out", again)
    tasks.run.run(import_id)
    assert door.records.read(import_id) == first


def test_a_message_for_work_in_hand_waits(door: Door) -> None:
    """Given an import another worker is at / If its message comes again / Then it is tried later, not now."""
    import_id = door.upload(SHOP)
    client = connect(door.config)
    client.set(f"{keys.import_(import_id)}:held", "another", px=10_000)
    with pytest.raises(Retry):
        tasks.run.run(import_id)
    assert door.records.read(import_id).state is JobState.QUEUED


def test_a_table_that_kills_its_worker_ends(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an import whose worker dies each time / If it comes too often / Then it fails, and is not begun again."""
    import_id = door.upload(SHOP)

    def dies(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(tasks, "carry_out", dies)
    for _ in range(door.config.stage_attempts):
        with pytest.raises(SystemExit):
            tasks.run.run(import_id)
    tasks.run.run(import_id)
    done = door.records.read(import_id)
    assert done.error is not None
    assert done.error["code"] == "stage_crashed"


def test_nothing_stays_in_redis_for_ever(door: Door) -> None:
    """Given an import carried out / Then every key of it has an end."""
    tasks.run.run(door.upload(SHOP))
    client = connect(door.config)
    left = [key for key in client.scan_iter("*") if "import" in key and client.ttl(key) < 0]
    assert left == []
