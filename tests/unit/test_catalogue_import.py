"""Tables become catalogues: whole or not at all, every row a frame or a reason."""

import errno
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import activate, current, folder_of, previous
from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES
from shared.errors import (
    CatalogueDamagedError,
    CatalogueInvalidError,
    CatalogueNotInstalledError,
    ExpertGlassesError,
    StoreUnavailableError,
)
from workers.search.importing.pruning import prune
from workers.search.importing.report import Report
from workers.search.importing.table import import_table
from workers.search.importing.writer import SnapshotWriter

GOOD = """sku,brand,name,gender,shape,rim,material,color,price,in stock,size
A-1,Oriel,Ada,women,round,full rim,acetate,black,129,yes,50-18-140
A-2,Oriel,Ada,women,round,full rim,acetate,gold/black,"129,50",no,50-18-140
B-1,Halden,HD7,men,rectangle,semi-rimless,titanium,silver,219,12,55-17-145
C-1,Perch,Ida,unisex,panto,rimless,stainless steel,rose gold,99,0,48-20-140
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder of catalogues."""
    return tmp_path / "data"


def take(home: Path, text: str, **given: Any) -> Report:
    """Save and import as `shop`."""
    home.mkdir(exist_ok=True)
    table = home / "table.csv"
    table.write_text(text, "utf-8")
    return import_table(table, "shop", data_dir=home, **given)


def opened(home: Path) -> Catalogue:
    """What is in force."""
    return Catalogue("shop", folder_of(home, "shop") / current(home, "shop"))


def numbers(catalogue: Catalogue, frame: str) -> dict[str, float]:
    """The numbers of a frame that are not zero."""
    place = catalogue.find(frame)
    named = zip(
        SHAPE_FEATURES + COLOR_FEATURES, (*catalogue.shape[place], *catalogue.color[place]), strict=True
    )
    return {name: float(number) for name, number in named if number}


def reasons(report: Report) -> dict[int, str]:
    """Why rows were rejected."""
    return {problem.row: problem.reason for problem in report.problems if problem.severity == "rejected"}


def test_rows_become_frames(home: Path) -> None:
    """Given a well-kept table / If imported / Then each row is a frame with its words, numbers and filters."""
    report = take(home, GOOD)
    assert (report.rows, report.accepted, report.rejected, report.warnings) == (4, 4, 0, 0)
    assert report.in_force
    assert report.genders == {"female": 3, "male": 2}
    catalogue = opened(home)
    told = catalogue.tell(catalogue.find("A-2"))
    assert told["name"] == "Oriel Ada"
    assert told["gender"] == "female"
    assert told["details"] == {
        "shape": "round", "rim": "full_rim", "material": "plastic", "color": "gold", "second_color": "black",
        "brand": "Oriel", "model": "Ada", "price": 129.5, "in_stock": False, "lens_width": 50.0, "bridge_width": 18.0,
        "temple_length": 140.0,
    }  # fmt: skip
    assert numbers(catalogue, "B-1") == {
        "rectangle": 1, "semi_rim": 1, "metal": 1, "male": 1, "width_medium": 1,
        "nose_pads": 0.5, "top_heavy": 0.5, "angular": 0.5, "silver": 1.5,
    }  # fmt: skip
    panto = numbers(catalogue, "C-1")
    assert (panto["walnut"], panto["round"], panto["rimless"], panto["thick"]) == (1, 1, 1, -0.9)
    assert (panto["metal"], panto["pink"]) == (1, 1.5)
    assert [catalogue.row[catalogue.find(one)] for one in ("A-1", "A-2", "B-1", "C-1")] == [0, 1, 2, 3]
    assert len(catalogue.frames_for("female")) == 3
    assert len(catalogue.frames_for("male")) == 2


def test_what_nobody_tells_is_neutral(home: Path) -> None:
    """Given a table of names and prices alone / If imported / Then no number claims anything, nothing is filtered by."""
    report = take(home, "Brand,Product_Name,Price\nOriel,GX12,129\nHalden,HD7,99\n")
    assert report.accepted == 2
    assert any("whose" in remark for remark in report.remarks)
    catalogue = opened(home)
    assert numbers(catalogue, "Oriel-GX12") == {"nose_pads": 0.5, "top_heavy": 0.5, "angular": 0.5}
    record = catalogue.facets[catalogue.find("Oriel-GX12")]
    assert [int(record[name]) for name in ("shape", "rim", "material", "color", "stock")] == [255] * 5
    assert catalogue.tell(0)["gender"] == "unisex"
    assert np.isnan(record["lens_width"])


def test_words_of_names_fill_gaps_and_say_so(home: Path) -> None:
    """Given a name with words and an empty column / If imported / Then the words count and the frame says whence."""
    report = take(home, "sku,name,shape\n1,Women's black titanium aviator,\n2,Blue thing,square\n")
    assert report.from_columns["shape"] == 1
    assert report.from_words == {"shape": 1, "color": 2, "material": 1, "gender": 1}
    told = opened(home).tell(0)
    assert told["details"]["shape"] == "aviator"
    assert set(told["details"]["read_from_words"].split(", ")) == {"shape", "material", "color", "gender"}
    assert told["gender"] == "female"


FAULTS = [
    ("A-1,Oriel,Eve,women,round,full rim,acetate,red,99,yes,", "the id 'A-1' was given in row 0 already"),
    ("D-1,Oriel,Eve,women,round,full rim,acetate,red,-5,yes,", "the price -5 is negative"),
    ("D-1,Oriel,Eve,women,round,full rim,acetate,red,call us,yes,", "no number"),
    ("D-1,Oriel,Eve,kids,round,full rim,acetate,red,99,yes,", "children"),
    ("D-1,Oriel,Eve,women,round,full rim", "cells, the header"),
]


@pytest.mark.parametrize(("row", "reason"), FAULTS)
def test_a_faulty_row_is_left_out_with_its_reason(home: Path, row: str, reason: str) -> None:
    """Given one faulty row / If imported / Then it alone is rejected, with line and reason; the others are in force."""
    report = take(home, GOOD + row + "\n", problems_file=home / "problems.jsonl")
    assert (report.accepted, report.rejected) == (4, 1)
    assert reason in reasons(report)[4]
    written = [json.loads(line) for line in (home / "problems.jsonl").read_text("utf-8").splitlines()]
    assert [(one["row"], one["line"], one["severity"]) for one in written] == [(4, 6, "rejected")]
    assert reason in written[0]["reason"]
    assert opened(home).size == 4


def test_a_strange_value_costs_the_value_not_the_row(home: Path) -> None:
    """Given an unknown shape and an impossible size / If imported / Then the frame stays without them, and it is told."""
    report = take(home, GOOD + "D-1,Oriel,Eve,women,blob,full rim,acetate,red,99,yes,9-9-9\n")
    assert (report.accepted, report.rejected, report.warnings) == (5, 0, 2)
    assert report.unknown == {"shape: blob": 1}
    assert "shape" not in opened(home).tell(4)["details"]


def test_the_first_good_row_of_an_id_counts(home: Path) -> None:
    """Given an id first on a faulty row / If imported / Then the good row after it is no repetition."""
    report = take(home, "sku,color,price\nX,red,-1\nX,red,5\nX,blue,6\n")
    assert reasons(report).keys() == {0, 2}
    assert opened(home).tell(0)["details"]["price"] == 5


def test_frames_without_ids_get_them(home: Path) -> None:
    """Given no ids / If imported / Then each frame is named by its own words, and only whole copies are left out."""
    text = "brand,name,color,price\nOriel,Ada,red,5\nOriel,Ada,red,5\nOriel,Ada,red,6\nOriel,Ada/B?,blue,5\n"
    report = take(home, text)
    assert (report.rejected, report.repeated) == (1, 1)
    assert "row 0" in reasons(report)[1]
    ids = [opened(home).tell(place)["id"] for place in range(3)]
    assert ids[0] == "Oriel-Ada-B-blue"
    assert ids[1] == "Oriel-Ada-red"
    assert ids[2].startswith("Oriel-Ada-red-")
    assert take(home, text).version == report.version


def test_ids_stand_in_addresses(home: Path) -> None:
    """Given ids with slashes, blanks and great length / If imported / Then they are made fit, and stay different."""
    long = "L" * 200
    take(home, f"sku,color\nA/1 x,red\n{long}a,red\n{long}b,red\n../..,blue\n")
    ids = {opened(home).tell(place)["id"] for place in range(4)}
    assert len(ids) == 4
    assert "A-1-x" in ids
    assert all(len(one) <= 80 and not set(one) & set("/ \\?#%") and ".." not in one for one in ids)


def test_colours_of_a_model_belong_together(home: Path) -> None:
    """Given one name in two colours, of two makers / If imported / Then colours are one model, makers are not."""
    take(home, "sku,brand,name,color\n1,Oriel,101,red\n2,Oriel,101,blue\n3,Perch,101,red\n")
    models = opened(home).facets["model"].tolist()
    assert models[0] == models[1] != models[2]


def test_semicolons_and_cyrillic_in_windows_letters(home: Path) -> None:
    """Given a Russian table as Excel saves it / If imported / Then nothing needs to be said about it."""
    home.mkdir()
    table = home / "table.csv"
    text = "Артикул;Название;Пол;Форма;Цвет;Цена\n1;Нева;женские;круглая;чёрный;12 990,00\n2;Дон;мужские;квадратная;синий;9 990\n"
    table.write_bytes(text.encode("cp1251"))
    report = import_table(table, "shop", data_dir=home)
    assert (report.encoding, report.separator, report.accepted, report.warnings) == ("cp1251", ";", 2, 0)
    told = opened(home).tell(0)
    assert told["name"] == "Нева"
    assert told["details"]["price"] == 12990
    assert (told["details"]["shape"], told["details"]["color"], told["gender"]) == (
        "round",
        "black",
        "female",
    )


def test_a_mapping_with_own_words_defaults_and_kept_columns(home: Path) -> None:
    """Given the shop's own words / If mapped / Then they mean what the shop says, and kept columns are shown."""
    mapping = {
        "columns": {"id": "nr", "color": "ton"},
        "values": {"gender": {"D": "female", "H": "male"}, "color": {"C01": "gold"}},
        "defaults": {"material": "metal", "currency": "CHF"},
        "keep": ["line"],
    }
    report = take(home, "nr,gender,ton,price,line\n1,D,C01,5,Sport\n2,H,black,6,\n", mapping=mapping)
    assert report.warnings == 0
    assert report.told_by["material"] == "default"
    told = opened(home).tell(0)
    assert told["gender"] == "female"
    assert told["details"]["color"] == "gold"
    assert told["details"]["material"] == "metal"
    assert told["details"]["currency"] == "CHF"
    assert told["details"]["line"] == "Sport"


def test_the_header_names_the_currency(home: Path) -> None:
    """Given `Price (EUR)` / If imported / Then prices are in euros."""
    take(home, "sku,color,Price (EUR)\n1,red,5\n")
    assert opened(home).tell(0)["details"]["currency"] == "EUR"


# Nothing changes what is in force but a good import ------------------------------------------------------

BAD = [
    ("", "empty"),
    ("sku,color\n", "no rows"),
    ("1,2,3\n4,5,6\n", "No column was understood"),
    ("sku,color,price\n1,red,-1\n2,red,-2\n", "None of the 2 rows"),
]


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_a_bad_table_changes_nothing(home: Path, text: str, reason: str) -> None:
    """Given a catalogue in force / If a bad table is imported / Then it is refused and what was in force stays."""
    version = take(home, GOOD).version
    before = sorted(path.name for path in folder_of(home, "shop").iterdir())
    with pytest.raises(CatalogueInvalidError, match=reason):
        take(home, text)
    assert current(home, "shop") == version
    assert sorted(path.name for path in folder_of(home, "shop").iterdir()) == before


def test_a_mistake_on_the_way_leaves_nothing_behind(home: Path) -> None:
    """Given an import that breaks off after its first rows / Then nothing of it is left, and the old one is in force."""
    version = take(home, GOOD).version
    before = sorted(path.name for path in folder_of(home, "shop").iterdir())

    def cut(_rows: int, _share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(home, "sku,color\n" + "".join(f"{number},red\n" for number in range(20_000)), progress=cut)
    assert current(home, "shop") == version
    assert sorted(path.name for path in folder_of(home, "shop").iterdir()) == before


def test_a_first_import_that_fails_leaves_no_catalogue(home: Path) -> None:
    """Given no catalogue yet / If a bad table is imported / Then there is not even a folder of its name."""
    with pytest.raises(CatalogueInvalidError):
        take(home, BAD[3][0])
    assert list((home / "catalogues").iterdir()) == []


def test_a_full_disk_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a disk that takes no more / If imported / Then one sentence says so, nothing is left, the old one stays."""
    version = take(home, GOOD).version
    before = sorted(path.name for path in folder_of(home, "shop").iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SnapshotWriter, "add", full)
    with pytest.raises(StoreUnavailableError, match="No space left"):
        take(home, GOOD.replace("129", "149"))
    assert current(home, "shop") == version
    assert sorted(path.name for path in folder_of(home, "shop").iterdir()) == before


def test_validating_writes_nothing(home: Path) -> None:
    """Given a table / If only validated / Then the report is that of an import, and there is no catalogue."""
    report = take(home, GOOD + FAULTS[1][0] + "\n", validate_only=True)
    assert (report.accepted, report.rejected, report.version, report.in_force) == (4, 1, None, False)
    with pytest.raises(CatalogueNotInstalledError):
        current(home, "shop")
    assert not (home / "catalogues").exists()


def test_a_catalogue_without_one_gender_is_held_back(home: Path) -> None:
    """Given frames for both in force / If the new ones are for women alone / Then held back, unless it is forced."""
    version = take(home, GOOD).version
    women = "sku,color,gender\n1,red,women\n2,blue,women\n"
    report = take(home, women)
    assert not report.in_force
    assert "male" in str(report.held)
    assert current(home, "shop") == version
    assert any("no frames for men" in remark for remark in report.remarks)
    assert take(home, women, force=True).in_force
    assert current(home, "shop") == report.version


def test_a_first_catalogue_may_be_for_one_gender(home: Path) -> None:
    """Given nothing in force / If a shop for women imports / Then it is in force, and the report says what lacks."""
    report = take(home, "sku,color,gender\n1,red,women\n")
    assert report.in_force
    assert any("no frames for men" in remark for remark in report.remarks)


def test_a_mostly_faulty_table_is_held_back(home: Path) -> None:
    """Given a catalogue in force / If most rows of the new one are faulty / Then it is written but not put in force."""
    version = take(home, GOOD).version
    report = take(home, "sku,color,price\n1,red,5\n2,red,-5\n3,red,-5\n")
    assert "67%" in str(report.held)
    assert current(home, "shop") == version
    activate(home, "shop", str(report.version))
    assert opened(home).size == 1


def test_written_but_not_put_in_force_when_asked(home: Path) -> None:
    """Given `activate=False` / If imported / Then the version is there to be activated and searches go on as before."""
    version = take(home, GOOD).version
    report = take(home, "sku,color\n1,red\n", activate=False)
    assert not report.in_force
    assert current(home, "shop") == version
    activate(home, "shop", str(report.version))
    assert current(home, "shop") == report.version


def test_back_to_what_was_before(home: Path) -> None:
    """Given two imports / If rolled back twice / Then the first is in force, then the second again."""
    first = take(home, GOOD).version
    second = take(home, GOOD.replace("129", "149")).version
    activate(home, "shop", previous(home, "shop"))
    assert current(home, "shop") == first
    activate(home, "shop", previous(home, "shop"))
    assert current(home, "shop") == second


def test_old_versions_make_room(home: Path) -> None:
    """Given many versions of long ago / If pruned / Then those in force now and before stay, and the newest."""
    versions = [str(take(home, GOOD.replace("129", str(number))).version) for number in range(130, 136)]
    folder = folder_of(home, "shop")
    activate(home, "shop", versions[0])
    broken_off = folder / ".part-abc"
    broken_off.mkdir()
    for age, version in enumerate(versions):
        when = time.time() - 10 * 24 * 3600 + age
        os.utime(folder / version / "manifest.json", (when, when))
    os.utime(broken_off, (0, 0))
    assert prune(home, "shop", keep=2) == versions[1:4]
    assert {path.parent.name for path in folder.glob("*/manifest.json")} == {versions[0], *versions[4:]}
    assert not broken_off.exists()
    assert previous(home, "shop") == versions[5]


def test_a_version_of_just_now_stays(home: Path) -> None:
    """Given searches that may still read it / If pruned / Then a version of the last hour stays."""
    first = str(take(home, GOOD).version)
    for number in (130, 131):
        take(home, GOOD.replace("129", str(number)))
    assert prune(home, "shop", keep=0) == []
    assert (folder_of(home, "shop") / first / "manifest.json").is_file()


def test_a_broken_snapshot_does_not_come_back(home: Path) -> None:
    """Given a damaged version before this one / If rolled back / Then refused, and what is in force stays."""
    first = take(home, GOOD).version
    second = take(home, GOOD.replace("129", "149")).version
    (folder_of(home, "shop") / str(first) / "shape.npy").write_bytes(b"broken")
    with pytest.raises(CatalogueDamagedError):
        activate(home, "shop", previous(home, "shop"))
    assert current(home, "shop") == second


def test_the_same_table_again_is_the_same_version(home: Path) -> None:
    """Given a table in force / If imported again / Then nothing changes, and going back is still what it was."""
    take(home, "sku,color\n1,red\n2,blue\n")
    version = take(home, GOOD).version
    before = previous(home, "shop")
    assert take(home, GOOD).version == version
    assert previous(home, "shop") == before


def test_readers_see_one_version_or_the_other(home: Path) -> None:
    """Given searches all the while / If imported again and again / Then each sees a whole catalogue of one import."""
    sizes = {str(take(home, GOOD).version): 4}
    stop, seen, wrong = threading.Event(), set[str](), list[str]()

    def look() -> None:
        while not stop.is_set():
            catalogue = opened(home)
            seen.add(catalogue.version)
            names = [catalogue.tell(place)["id"] for place in range(catalogue.size)]
            if len(names) != catalogue.manifest["count"]:
                wrong.append(catalogue.version)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for count in range(5, 15):
        rows = "".join(f"{number},red\n" for number in range(count))
        report = take(home, f"sku,color\n{rows}")
        sizes[str(report.version)] = count
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert seen <= set(sizes)
    assert opened(home).size == 14


def test_large_tables_come_in_chunks(home: Path) -> None:
    """Given more rows than are read at once / If imported / Then all are there once, repetitions across chunks too."""
    count = 20_000
    seen: list[tuple[int, float]] = []
    rows = "".join(f"{number % 19_990},red,{number}\n" for number in range(count))
    report = take(home, f"sku,color,price\n{rows}", progress=lambda done, share: seen.append((done, share)))
    assert (report.rows, report.accepted, report.rejected) == (count, 19_990, 10)
    assert reasons(report)[19_995] == "the id '5' was given in row 5 already"
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (count, 1.0)


# The real ones -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(research: Path) -> Iterator[Path]:
    """Tables of real shops."""
    folder = research / "data" / "catalogues"
    if not folder.is_dir():
        pytest.skip("the tables of real shops beside the checkout are missing; this test imports them")
    return folder  # type: ignore[return-value]


def test_tables_of_real_shops_are_imported_as_they_are(tables: Path, home: Path) -> None:
    """Given every table there is / If imported without a word / Then each row is a frame or repeats another."""
    found = {}
    for path in sorted(tables.glob("*.csv")):
        report = import_table(path, "real", data_dir=home, force=True)
        assert report.in_force
        assert report.rejected == report.repeated
        found[path.name.partition("_")[0]] = (report.rows, report.accepted)
    assert found["framesdirect"] == (1182, 1182)
    assert found["beeditor04"] == (538, 67)  # eight rows a frame, one for each kind of face


def test_the_published_catalogue_is_a_folder(research: Path, home: Path) -> None:
    """Given the three published tables / If imported as any other / Then all 8,521 frames are in force."""
    report = import_table(research / "data" / "expertglasses", "published", data_dir=home)
    assert (report.rows, report.accepted, report.in_force) == (8521, 8521, True)
    checked = import_table(
        research / "data" / "expertglasses", "published", data_dir=home, validate_only=True
    )
    assert (checked.accepted, checked.version) == (8521, None)


# Headers a table may have, cells it may not.
_CELLS = st.one_of(
    st.sampled_from(
        ["", "1", "-1", "52-18-140", "round", "kids", "https://a.b/c.jpg", "7.1E+12", "nan", '"', "\x00"]
    ),
    st.text(max_size=12),
)
_HEADERS = st.lists(
    st.sampled_from(["sku", "price", "gender", "shape", "size", "color", "image", "x"]), min_size=1
)
TABLES = st.builds(
    lambda header, rows, separator, encoding: "\n".join(
        separator.join(row) for row in [header, *rows]
    ).encode(encoding, "replace"),
    _HEADERS,
    st.lists(st.lists(_CELLS, max_size=8), max_size=6),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-16", "cp1251", "cp1252"]),
)


@settings_of_hypothesis(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(st.binary(max_size=400), TABLES))
def test_no_file_breaks_the_import(tmp_path: Path, content: bytes) -> None:
    """Given any bytes at all / If imported / Then there is a report or one of our errors, and no row is lost."""
    table = tmp_path / "any.csv"
    table.write_bytes(content)
    try:
        report = import_table(table, "any", data_dir=tmp_path, validate_only=True)
    except ExpertGlassesError:
        return
    assert report.rows == report.accepted + report.rejected
