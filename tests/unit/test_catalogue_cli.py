"""`expertglasses catalogue`: what a shop types, and what it reads back."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.catalogue import catalogue
from shared.catalogues.snapshot import current
from shared.settings import settings

GOOD = "sku;gender;color;price\n1;women;red;99\n2;men;blue;5\n"


class Shop:
    """Somebody at the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def save(self, text: str, name: str = "table.csv") -> str:
        """A file, and its path."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def type(self, *words: str) -> Result:
        """Run a command."""
        return CliRunner().invoke(catalogue, words)

    @property
    def in_force(self) -> str:
        """The version of `shop` in force."""
        return current(self.data, "shop")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shop with a folder of its own."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield Shop(tmp_path)
    settings.cache_clear()


def test_an_import_tells_what_it_took_for_what(shop: Shop) -> None:
    """Given a table with a faulty row / If imported / Then columns, reasons and the version are printed."""
    found = shop.type("import", shop.save(GOOD + "3;men;grey;-1\n"), "--name", "shop")
    assert found.exit_code == 0
    for told in ("separated by ';'", "price          ← price", "line 4: rejected: the price -1 is negative",
                 "3 rows: 2 accepted, 1 rejected", f"version {shop.in_force} is in force"):  # fmt: skip
        assert told in found.output
    (kept,) = (shop.data / "catalogues" / "shop").glob("problems.jsonl")
    assert json.loads(kept.read_text())["row"] == 2


def test_validating_is_for_scripts_too(shop: Shop) -> None:
    """Given a table with a faulty row / If validated / Then the report is a file, and `--strict` ends with 1."""
    table = shop.save(GOOD + "3;men;grey;-1\n")
    report = shop.folder / "report.json"
    assert shop.type("validate", table, "--report", str(report)).exit_code == 0
    assert json.loads(report.read_text())["rejected"] == 1
    assert shop.type("validate", table, "--strict").exit_code == 1
    assert shop.type("validate", shop.save(GOOD), "--strict").exit_code == 0
    assert not shop.data.exists()


def test_a_held_catalogue_says_how_to_go_on(shop: Shop) -> None:
    """Given both genders in force / If women's frames alone come / Then status 3 and the command that forces it."""
    shop.type("import", shop.save(GOOD), "--name", "shop")
    before = shop.in_force
    found = shop.type("import", shop.save("sku,gender,color\n1,women,red\n"), "--name", "shop")
    assert found.exit_code == 3
    command = found.output.splitlines()[-1].partition("expertglasses catalogue ")[2].split()
    assert shop.in_force == before
    assert shop.type(*command).exit_code == 0
    assert shop.in_force == command[-1] != before
    assert shop.type("rollback", "shop").exit_code == 0
    assert shop.in_force == before


def test_listing_and_showing(shop: Shop) -> None:
    """Given two versions / If listed and shown / Then the one in force comes first, and a frame tells its numbers."""
    shop.type("import", shop.save(GOOD), "--name", "shop")
    first = shop.in_force
    shop.type("import", shop.save(GOOD.replace("99", "98")), "--name", "shop")
    assert shop.type("list").output == f"shop: {shop.in_force}, {first}\n"
    assert json.loads(shop.type("show", "shop").output)["count"] == 2
    told = json.loads(shop.type("show", "shop", "1").output)
    assert told["details"]["price"] == 98
    assert told["numbers"]["red"] == 1.5


def test_the_guess_can_be_corrected(shop: Shop) -> None:
    """Given a column the guess does not know / If the printed mapping is corrected / Then the import follows it."""
    table = shop.save("sku;gender;Ausführung\n1;women;R1\n2;men;B2\n")
    guess = shop.type("mapping", table).output
    assert "# not used: Ausführung" in guess
    mapping = shop.save(
        guess + 'color = "Ausführung"\n[values.color]\nR1 = "red"\nB2 = "blue"\n', "mapping.toml"
    )
    found = shop.type("import", table, "--name", "shop", "--mapping", mapping)
    assert "color          ← Ausführung  (by mapping)" in found.output
    assert json.loads(shop.type("show", "shop", "2").output)["details"]["color"] == "blue"


def test_pictures_come_from_one_place(shop: Shop) -> None:
    """Given both a folder and addresses / If asked for both / Then the command is refused."""
    found = shop.type(
        "import", shop.save(GOOD), "--name", "shop", "--images", str(shop.folder), "--fetch-images"
    )
    assert found.exit_code == 2
    assert "exclude" in found.output
