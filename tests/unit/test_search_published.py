"""The import of the published tables: joined by position, broken rows left out with their reason."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import current, folder_of
from shared.errors import CatalogueInvalidError, CatalogueNotInstalledError
from workers.search.importing.published import ImportReport, import_published

Rows = list[dict[str, Any]]


def database_row(place: int) -> dict[str, Any]:
    """A shop's line on one frame."""
    return {
        "name": f"https://shop.example/{place}",
        "image_link": f"https://shop.example/{place}.jpg",
        "gender": ("women", "men")[place % 2],
        "maincolor": "black",
        "anothercolor": "gold",
        "shape": "round",
        "material": "metal",
        "image_path": f"db/oc_brand_{9 - place}.png",
    }


def tables(count: int) -> dict[str, Rows]:
    """Three good tables; the fifth shape number tells the row."""
    shape = [{f"index{i}": i == 10 for i in range(31)} for _ in range(count)]
    for place, row in enumerate(shape):
        row |= {"index22": place + 0.5, "index30": bool(place % 2)}
    color = [{f"index{i}": float(i == place) for i in range(15)} for place in range(count)]
    database = [database_row(place) for place in range(count)]
    return {"database": database, "shape_vectors": shape, "color_vectors": color}


def save(folder: Path, given: dict[str, Rows]) -> None:
    """Write the tables as CSV."""
    for name, rows in given.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def take(folder: Path, given: dict[str, Rows]) -> tuple[ImportReport, Catalogue]:
    """Save, import and open."""
    save(folder, given)
    report = import_published(folder, "shop", folder / "data")
    return report, Catalogue("shop", folder_of(folder / "data", "shop") / report.version)


def test_tables_join_by_position(tmp_path: Path) -> None:
    """Given ids in the reverse order of rows / If imported / Then each frame has its own row's numbers and words."""
    report, catalogue = take(tmp_path, tables(4))
    assert (report.taken, report.rejected) == (4, ())
    for place in range(4):
        row, told = int(catalogue.row[place]), catalogue.tell(place)
        assert told["id"] == f"oc_brand_{9 - row}"
        assert told["image_url"] == f"https://shop.example/{row}.jpg"
        assert catalogue.shape[place, 22] == row + 0.5
        assert catalogue.color[place, row] == 1.0
        assert told["details"]["rim"] == "full_rim"
    assert list(catalogue.row) == [3, 2, 1, 0]


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("shape_vectors", "index3", "", "shape number"),
        ("shape_vectors", "index3", "many", "shape number"),
        ("shape_vectors", "index3", "inf", "shape number"),
        ("color_vectors", "index0", "nan", "colour number"),
        ("database", "gender", "kids", "'kids'"),
        ("database", "gender", "", "gender"),
    ],
)
def test_a_broken_row_is_left_out_with_its_reason(
    tmp_path: Path, table: str, column: str, value: str, reason: str
) -> None:
    """Given one broken row / If imported / Then it alone is rejected, and later rows keep their positions."""
    given = tables(4)
    given[table][1][column] = value
    report, catalogue = take(tmp_path, given)
    assert report.taken == 3
    assert [row for row, _ in report.rejected] == [1]
    assert reason in report.rejected[0][1]
    assert sorted(catalogue.row.tolist()) == [0, 2, 3]
    for place in range(3):
        assert catalogue.shape[place, 22] == catalogue.row[place] + 0.5


def test_an_image_used_twice_makes_two_frames(tmp_path: Path) -> None:
    """Given two rows with one image path / If imported / Then both are taken under different ids."""
    given = tables(3)
    given["database"][2]["image_path"] = given["database"][0]["image_path"]
    report, catalogue = take(tmp_path, given)
    assert report.taken == 3
    assert len({catalogue.tell(place)["id"] for place in range(3)}) == 3


@pytest.mark.parametrize("table", ["database", "shape_vectors", "color_vectors"])
def test_tables_that_do_not_fit_are_refused(tmp_path: Path, table: str) -> None:
    """Given a shorter, a damaged or a missing table / If imported / Then refused, and nothing comes into force."""
    given = tables(4)
    given[table].pop()
    with pytest.raises(CatalogueInvalidError, match="join by row"):
        take(tmp_path, given)
    (tmp_path / f"{table}.csv.gz").write_bytes(gzip.compress(b"index0\n1\n" * 9)[:-9])
    with pytest.raises(CatalogueInvalidError, match=f"{table}.csv.gz cannot be read"):
        import_published(tmp_path, "shop", tmp_path / "data")
    (tmp_path / f"{table}.csv.gz").unlink()
    (tmp_path / f"{table}.csv").unlink()
    with pytest.raises(CatalogueInvalidError, match=f"{table}.csv.gz is missing"):
        import_published(tmp_path, "shop", tmp_path / "data")
    with pytest.raises(CatalogueNotInstalledError):
        current(tmp_path / "data", "shop")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """Given shape numbers without their last column / If imported / Then the column is named."""
    given = tables(2)
    for row in given["shape_vectors"]:
        del row["index30"]
    with pytest.raises(CatalogueInvalidError, match="index30"):
        take(tmp_path, given)


def test_only_broken_rows_are_no_catalogue(tmp_path: Path) -> None:
    """Given no good row / If imported / Then refused."""
    given = tables(1)
    given["database"][0]["gender"] = "kids"
    with pytest.raises(CatalogueInvalidError, match="no frames"):
        take(tmp_path, given)


def test_the_published_catalogue(research: Path, tmp_path: Path) -> None:
    """Given the real tables / If imported / Then every one of 8,521 rows is a frame or has a reason."""
    report = import_published(research / "data" / "expertglasses", "published", tmp_path)
    assert report.taken + len(report.rejected) == 8521
    assert all(reason for _, reason in report.rejected)
    assert report.taken > 8000
    catalogue = Catalogue("published", folder_of(tmp_path, "published") / report.version)
    assert (
        len(catalogue.frames_for("female")) + len(catalogue.frames_for("male"))
        == catalogue.size
        == report.taken
    )
