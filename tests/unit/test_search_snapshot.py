"""Snapshots and the default catalogue: whole or not at all, the same on every machine."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import FILES, activate, current, folder_of, verify, versions
from shared.contracts import Wish
from shared.errors import (
    CatalogueDamagedError,
    CatalogueEmptyError,
    CatalogueInvalidError,
    CatalogueNotInstalledError,
)
from shared.settings import settings
from workers.search import open_catalogue, search
from workers.search.generated import DEFAULT, build_default
from workers.search.importing.writer import FrameRow, write


def rows(*ids: str, thick: float = 0.0) -> list[FrameRow]:
    """Women's frames by id, in this order of the table."""
    shape = [1.0] * 22 + [thick] + [0.0] * 8
    return [FrameRow(name, place, shape, [1.0] * 15, name.upper()) for place, name in enumerate(ids)]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, str, str]:
    """A data folder whose catalogue `c` has two versions, the second in force."""
    first = write(tmp_path, "c", rows("a", "b"), "test")
    second = write(tmp_path, "c", rows("a", "b", "c"), "test")
    return tmp_path, first, second


def damage(path: Path) -> None:
    """Flip the last byte of a file."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_version_does_not_come_into_force(two: tuple[Path, str, str], file: str) -> None:
    """Given one wrong byte / If the version is put in force / Then it is refused and the current one stays."""
    home, first, second = two
    damage(folder_of(home, "c") / first / file)
    with pytest.raises(CatalogueDamagedError, match=file):
        activate(home, "c", first)
    assert current(home, "c") == second
    assert Catalogue("c", folder_of(home, "c") / second).size == 3


@pytest.mark.parametrize("file", FILES)
def test_an_incomplete_version_does_not_come_into_force(two: tuple[Path, str, str], file: str) -> None:
    """Given a missing file / If the version is put in force / Then it is refused and the current one stays."""
    home, first, second = two
    (folder_of(home, "c") / first / file).unlink()
    with pytest.raises(CatalogueDamagedError, match=file):
        activate(home, "c", first)
    assert current(home, "c") == second


@pytest.mark.parametrize("manifest", ["{", '{"schema": 99}', "{}"])
def test_a_strange_manifest_is_refused(two: tuple[Path, str, str], manifest: str) -> None:
    """Given a manifest that is not JSON or of another schema / If put in force / Then it is refused."""
    home, first, second = two
    (folder_of(home, "c") / first / "manifest.json").write_text(manifest)
    with pytest.raises(CatalogueDamagedError):
        activate(home, "c", first)
    assert current(home, "c") == second


def test_an_array_of_another_length_is_refused_when_opened(two: tuple[Path, str, str]) -> None:
    """Given arrays that do not fit together / If the snapshot is opened / Then it is damaged, not half read."""
    home, first, second = two
    shape = folder_of(home, "c") / first / "shape.npy"
    shape.write_bytes((folder_of(home, "c") / second / "shape.npy").read_bytes())
    with pytest.raises(CatalogueDamagedError, match="fit together"):
        Catalogue("c", folder_of(home, "c") / first)
    shape.write_bytes(b"no array")
    with pytest.raises(CatalogueDamagedError, match=r"shape\.npy"):
        Catalogue("c", folder_of(home, "c") / first)


def test_going_back_to_an_earlier_version(two: tuple[Path, str, str]) -> None:
    """Given two versions / If the first is put in force again / Then it is, and the other is still listed."""
    home, first, second = two
    assert versions(home) == {"c": [second, first]}
    activate(home, "c", first)
    assert versions(home) == {"c": [first, second]}


def test_what_is_missing_is_not_installed(two: tuple[Path, str, str]) -> None:
    """Given no such catalogue, version or possible name / If asked for / Then it is not installed."""
    home, _, second = two
    with pytest.raises(CatalogueNotInstalledError, match="'d'"):
        current(home, "d")
    with pytest.raises(CatalogueNotInstalledError, match="0123456789ab"):
        activate(home, "c", "0123456789ab")
    with pytest.raises(CatalogueNotInstalledError, match="no catalogue name"):
        current(home, "../c")
    assert current(home, "c") == second


def test_a_bad_import_changes_nothing(two: tuple[Path, str, str]) -> None:
    """Given an id twice, or no frames / If written / Then it is refused, what was there stays, no rest lies about."""
    home, _, second = two
    before = sorted(path.name for path in folder_of(home, "c").iterdir())
    with pytest.raises(CatalogueInvalidError, match="twice"):
        write(home, "c", rows("a", "b", "a"), "test")
    with pytest.raises(CatalogueInvalidError, match="no frames"):
        write(home, "c", [], "test")
    with pytest.raises(ValueError, match="shape"):
        write(home, "c", [*rows("a"), FrameRow("b", 1, [1.0] * 3, [1.0] * 15)], "test")
    assert current(home, "c") == second
    assert sorted(path.name for path in folder_of(home, "c").iterdir()) == before


def test_a_version_is_the_hash_of_its_content(tmp_path: Path) -> None:
    """Given the same frames in another order / If written / Then one version; another number, another version."""
    frames = rows("a", "b")
    first = write(tmp_path, "c", frames, "test")
    assert write(tmp_path, "c", frames[::-1], "test") == first
    assert write(tmp_path, "c", rows("a", "b", thick=0.5), "test") != first


def test_frames_stand_by_id_and_remember_their_row(tmp_path: Path) -> None:
    """Given frames out of order / If opened / Then they stand by id, and each tells its name and its row."""
    version = write(tmp_path, "c", rows("z", "ä", "a"), "test")
    catalogue = Catalogue("c", folder_of(tmp_path, "c") / version)
    told = [(catalogue.tell(place)["id"], catalogue.tell(place)["name"]) for place in range(3)]
    assert told == [("a", "A"), ("z", "Z"), ("ä", "Ä")]
    assert list(catalogue.row) == [2, 0, 1]


def test_a_gender_without_frames_is_said(tmp_path: Path) -> None:
    """Given women's frames only / If men's are searched / Then the catalogue is empty for them."""
    version = write(tmp_path, "c", rows("a"), "test")
    catalogue = Catalogue("c", folder_of(tmp_path, "c") / version)
    with pytest.raises(CatalogueEmptyError, match="male"):
        search(catalogue, Wish(shape=(*[1.0] * 30, 1.0), color=(1.0,) * 15))


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, named by the `data_dir` setting."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


def test_the_default_is_made_when_missing_and_a_new_version_is_noticed(configured: Path) -> None:
    """Given an empty data folder / If opened / Then the default is there; If another is in force / Then that."""
    assert open_catalogue().size == 10_080
    assert open_catalogue() is open_catalogue(DEFAULT)
    version = write(configured, DEFAULT, rows("a"), "test")
    assert open_catalogue().version == version
    with pytest.raises(CatalogueNotInstalledError):
        open_catalogue("shop")


def test_a_damaged_default_is_made_anew(configured: Path) -> None:
    """Given a default with a wrong byte, or of another release / If opened / Then it is whole again."""
    folder = folder_of(configured, DEFAULT) / build_default(configured)
    damage(folder / "color.npy")
    assert open_catalogue().size >= 10_000
    assert np.asarray(open_catalogue().color).sum() > 0
    verify(folder)


def test_a_damaged_shop_is_refused_and_stays(configured: Path) -> None:
    """Given a shop's snapshot with a wrong byte / If opened / Then damaged, said by file; nothing is rebuilt."""
    version = write(configured, "shop", rows("a", "b"), "test")
    damage(folder_of(configured, "shop") / version / "shape.npy")
    with pytest.raises(CatalogueDamagedError, match=r"shape\.npy"):
        open_catalogue("shop")
    assert current(configured, "shop") == version


def test_importing_again_repairs_a_damaged_version(two: tuple[Path, str, str]) -> None:
    """Given a version with a wrong byte / If the same frames are imported again / Then the version is whole."""
    home, first, _ = two
    damage(folder_of(home, "c") / first / "frames.jsonl")
    assert write(home, "c", rows("a", "b"), "test") == first == current(home, "c")
    verify(folder_of(home, "c") / first)


def test_searches_go_on_while_versions_change(configured: Path) -> None:
    """Given four readers / If versions change forty times / Then each search saw one version, whole, at once."""
    made = [write(configured, "shop", rows(*"abcdef"[: n + 1], thick=float(n)), "test") for n in range(4)]
    wish = Wish(shape=(*[1.0] * 30, -1.0), color=(1.0,) * 15)
    over = threading.Event()

    def look() -> tuple[str, int]:
        found = search(open_catalogue("shop"), wish)
        return found.catalogue_version, len(found.matches)

    def read() -> set[tuple[str, int]]:
        seen = {look()}
        while not over.is_set():
            seen.add(look())
        return seen

    with ThreadPoolExecutor(4) as readers:
        reading = [readers.submit(read) for _ in range(4)]
        for turn in range(40):
            activate(configured, "shop", made[turn % 4])
            assert look() == (made[turn % 4], turn % 4 + 1)
        over.set()
        seen = set().union(*(future.result() for future in reading))
    assert seen <= {(version, n + 1) for n, version in enumerate(made)}
