"""Which column tells what: by its header, by its cells, by a mapping file; and how cells are read."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from shared.errors import CatalogueInvalidError
from workers.search.importing.cells import read
from workers.search.importing.columns import Plan, plan, read_hints
from workers.search.importing.fields import FIELDS
from workers.search.importing.guess import as_toml
from workers.search.importing.prose import from_prose


def guessed(mapping: dict[str, Any] | None = None, **columns: list[str]) -> tuple[dict[str, str], Plan]:
    """By field the header it was found under, and the whole plan; a header's `_` is a space."""
    header = [name.replace("__", " ") for name in columns]
    found = plan(header, [list(row) for row in zip(*columns.values(), strict=True)], read_hints(mapping))
    return {field: header[places[0]] for field, places in found.columns.items()}, found


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("SKU", "id"),
        ("Product_Name", "name"),
        ("vendor", "brand"),
        ("Frame__Colour", "color"),
        ("price__(EUR)", "price"),
        ("LensWidth_mm", "lens_width"),
        ("Артикул", "id"),
        ("Цвет__оправы", "color"),
        ("Preis", "price"),
        ("frame_shape_name", "shape"),
        ("image_src", "image_url"),
    ],
)
def test_headers_are_known_in_many_spellings(header: str, field: str) -> None:
    """Given what shops call a column / If guessed / Then it tells what it should."""
    cells = {
        "color": "black",
        "price": "99",
        "lens_width": "52",
        "shape": "round",
        "image_url": "https://a.b/c.jpg",
    }
    found, whole = guessed(**{header: [cells.get(field, "A1"), cells.get(field, "B2")]})
    assert found == {field: header.replace("__", " ")}
    assert whole.told_by[field] == "header"


def test_what_sounds_alike_and_is_not_the_frame_stays_out() -> None:
    """Given columns about faces, lenses or rounded ids / If guessed / Then they are not taken, and it is said why."""
    found, whole = guessed(
        face_shape=["oval", "round"],
        id=["7.14634E+12", "7.14634E+12"],
        width=["54", "52"],
        shape=["square", "rectangle"],
        skin=["dark", "light"],
    )
    assert found == {"shape": "shape"}
    assert set(whole.unused) == {"face_shape", "id", "width", "skin"}
    assert any("rounded" in remark for remark in whole.remarks)
    assert any("width" in remark and "54" in remark for remark in whole.remarks)


def test_cells_speak_where_headers_do_not() -> None:
    """Given headers that say nothing / If guessed / Then columns full of shapes, rims and genders are found."""
    found, whole = guessed(
        A=["1", "2"],
        B=["round", "cat eye"],
        C=["full rim", "rimless"],
        D=["women", "men"],
        E=["52-18-140", "50□17-135"],
    )
    assert found == {"shape": "B", "rim": "C", "gender": "D", "size": "E"}
    assert set(whole.told_by.values()) == {"cells"}


def test_the_price_that_is_paid_goes_before_the_list_price() -> None:
    """Given both prices / If guessed / Then the current one, whatever the order of columns."""
    found, _ = guessed(Original_Price=["200", "100"], Current_Price=["150", "90"])
    assert found == {"price": "Current_Price"}


def test_an_image_column_of_addresses_is_one_of_addresses() -> None:
    """Given `image` with files or with addresses / If guessed / Then as what it holds."""
    assert guessed(image=["a.jpg", "b.jpg"])[0] == {"image": "image"}
    assert guessed(image=["https://a.b/a.jpg", "https://a.b/b.jpg"])[0] == {"image_url": "image"}


def test_a_mapping_wins(tmp_path: Path) -> None:
    """Given a mapping in TOML, YAML or of a request / If planned / Then it decides, and `false` keeps a column out."""
    told = {
        "columns": {"name": ["maker", "series"], "shape": "form", "color": False},
        "values": {"shape": {"Panto-Form": "walnut"}},
        "keep": ["collection"],
    }
    toml = tmp_path / "mapping.toml"
    toml.write_text(
        'keep = ["collection"]\n[columns]\nname = ["maker", "series"]\nshape = "form"\ncolor = false\n'
        '[values.shape]\n"Panto-Form" = "walnut"\n'
    )
    yaml = tmp_path / "mapping.yaml"
    yaml.write_text(
        "columns: {name: [maker, series], shape: form, color: false}\n"
        "values: {shape: {Panto-Form: walnut}}\nkeep: [collection]\n"
    )
    for mapping in (told, toml, yaml):
        hints = read_hints(mapping)
        assert hints.values["shape"] == {"Panto-Form": "walnut"}
        header = ["maker", "series", "form", "color", "collection"]
        found = plan(header, [["A", "B", "Panto-Form", "red", "Spring"]], hints)
        assert found.columns == {"name": (0, 1), "shape": (2,)}
        assert found.keep == (4,)
        assert found.unused == ("color",)


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"columns": {"colour": "a"}}, "names 'colour'"),
        ({"columns": {"color": "b"}}, "a column 'b'; the table has a"),
        ({"values": {"shape": {"panto": "phantos"}}}, "'phantos' is no shape"),
        ({"columns": {"color": 3}}, "columns.color"),
        ({"colums": {}}, "colums"),
        ({"defaults": {"gender": "everybody else"}}, "gender"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapping: dict[str, Any], reason: str) -> None:
    """Given a field, a column or a word there is not / If read / Then it is named."""
    with pytest.raises(CatalogueInvalidError, match=reason):
        plan(["a"], [["red"]], read_hints(mapping))


@pytest.mark.parametrize(
    "content", ["[columns", "- a\n- b", "!!python/object/apply:os.system ['true']", "\x00"]
)
def test_a_mapping_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str) -> None:
    """Given broken TOML, YAML that is a list or wants to run something / If read / Then refused."""
    for name in ("mapping.toml", "mapping.yaml"):
        (tmp_path / name).write_text(content)
        with pytest.raises(CatalogueInvalidError, match="mapping"):
            read_hints(tmp_path / name)


def test_no_column_understood_is_no_catalogue() -> None:
    """Given a table without a header / If guessed / Then the first line is shown to who sent it."""
    with pytest.raises(CatalogueInvalidError, match="first line the header"):
        guessed(x1=["1.5", "2.5"], x2=["0", "1"])


def test_the_guess_is_a_mapping_file(tmp_path: Path) -> None:
    """Given a table / If its guess is printed / Then it is a mapping that plans the same."""
    table = tmp_path / "shop.csv"
    table.write_bytes("Артикул;Цвет;Форма;x\n1;чёрный;круглая;?\n".encode("cp1251"))
    file = tmp_path / "mapping.toml"
    file.write_text(as_toml(table), "utf-8")
    hints = read_hints(file)
    assert (hints.encoding, hints.separator) == ("cp1251", ";")
    assert hints.columns == {"id": "Артикул", "color": "Цвет", "shape": "Форма"}


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("price", "€ 1.299,00", 1299),
        ("price", "1,299.00", 1299),
        ("price", "1 299,50 руб.", 1299.5),
        ("price", "129,90", 129.9),
        ("price", "12,990", 12990),
        ("price", "", None),
        ("price", "n/a", None),
        ("lens_width", "52 mm", 52),
        ("size", "52□18-145", (52.0, 18.0, 145.0)),
        ("size", "52/18", (52.0, 18.0, None)),
        ("in_stock", "17", True),
        ("in_stock", "Sold out", False),
        ("shape", "Cat-Eye", ("cat_eye",)),
        ("shape", "D-frame", ("wayfarer",)),
        ("color", "Black/Gold", ("black", "gold")),
        ("color", "Матовый чёрный", ("black",)),
        ("gender", "Женские", ("female",)),
        ("nose_pads", "none", False),
        ("name", "  two\u0000  words\t", "two words"),
        ("brand", "N/A", None),
    ],
)
def test_cells_are_read_as_people_write_them(field: str, cell: str, value: object) -> None:
    """Given a cell as shops write it / If read / Then it is what they mean."""
    assert read(field, cell) == (value, "")


@pytest.mark.parametrize(
    ("field", "cell", "reason"),
    [
        ("price", "-5", "negative"),
        ("price", "−129,00 €", "negative"),
        ("price", "on request", "no number"),
        ("price", "10 or 20", "no number"),
        ("price", "1e400", "no number"),
        ("lens_width", "300", "frames have 30 to 68"),
        ("shape", "blob", "unknown"),
        ("size", "large", "lens-bridge-temple"),
        ("in_stock", "maybe", "neither yes nor no"),
        ("image_url", "http://shop.example/a.jpg", "https://"),
        ("image_url", "javascript:alert(1)", "https://"),
        ("link", "https://a b", "no address"),
    ],
)
def test_a_cell_that_cannot_be_meant_says_why(field: str, cell: str, reason: str) -> None:
    """Given an impossible value / If read / Then there is none, and a reason."""
    value, fault = read(field, cell)
    assert value is None
    assert reason in fault


def test_words_of_a_name_are_a_guess_of_last_resort() -> None:
    """Given names with words in them / If read / Then clear ones count, people's names and the brand do not."""
    missing = ("shape", "rim", "color", "gender", "material")
    assert from_prose("Women's black titanium aviator", "", missing) == {
        "shape": ("aviator",),
        "color": ("black",),
        "material": ("metal",),
        "gender": ("female",),
    }
    assert from_prose("Olive Rose Pearl for all", "", missing) == {}
    assert from_prose("Black Pearl Round", "Black Pearl", missing) == {"shape": ("round",)}
    assert from_prose("Kids round", "", ("gender",)) == {}


DOCS = Path(__file__).resolve().parents[2] / "docs" / "06-catalogues.md"


def test_the_documented_mapping_is_one() -> None:
    """Given the example in the documentation / If read / Then it is valid and says what the text around it says."""
    example = DOCS.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    hints = read_hints(tomllib.loads(example))
    assert hints.columns["name"] == ("Maker", "Series")
    assert hints.values["gender"] == {"D": "female", "H": "male"}
    assert hints.columns["text"] is False


def test_every_field_is_documented() -> None:
    """Given the fields that can be mapped / Then each stands in the documentation's table."""
    text = DOCS.read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []
