"""Rule files: what is wrong in them is named, and an edit takes effect without a restart."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts import SHAPE_FEATURES, Face
from shared.errors import RulesInvalidError
from shared.settings import settings
from workers.expert import advise_line, load, rules_in_force
from workers.expert.engine import infer
from workers.expert.rules import RulesHolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real rules to break."""
    return Path(shutil.copytree(settings().rules_dir, tmp_path / "rules"))


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("{id: x, when: {beard: 'yes'}, shape: {sparkle: 1}}", "x: there is no feature 'sparkle'"),
        ("{id: x, when: {nose: big}, shape: {thick: 1}}", "x: there is no attribute 'nose'"),
        ("{id: x, when: {beard: blue}, shape: {thick: 1}}", "x: beard is never blue"),
        ("{id: x, face_shape: kite, shape: {thick: p}}", "x: there is no face shape 'kite'"),
        ("{id: x, when: {beard: 'yes'}, shape: {thick: 2q}}", "x: '2q' is no amount"),
        ("{id: x, when: {beard: 'yes'}, shape: {thick: 2p}}", "x: '2p' needs `face_shape`"),
        ("{id: x, face_shape: oval, shape: {thick: p/0}}", "x: 'p/0' divides by zero"),
        ("{id: x, face_shape: oval, shape: {thick: pa/n}}", "x: 'pa/n' is no amount"),
        ("{id: x, face_shape: oval, shape: {thick: .inf}}", "x: inf is no amount"),
        ("{id: x, when: {beard: 'yes'}}", "x: the rule changes nothing"),
        ("{id: x, whn: {beard: 'yes'}, shape: {thick: 1}}", "lips.yaml: rules.0.whn"),
        ("{id: jaw.soft, when: {beard: 'yes'}, shape: {thick: 1}}", "twice: jaw.soft"),
        ("{id: x", "lips.yaml is not YAML"),
    ],
)
def test_a_wrong_rule_is_named(folder: Path, rule: str, complaint: str) -> None:
    """Given a mistake in a theme / If the folder is loaded / Then file or rule and the mistake are named."""
    (folder / "lips.yaml").write_text(f"rules:\n  - {rule}\n", encoding="utf-8")
    with pytest.raises(RulesInvalidError) as caught:
        load(folder)
    assert complaint in str(caught.value)


def test_a_missing_theme_is_named(folder: Path) -> None:
    """Given a theme without its file / If loaded / Then the file is named."""
    (folder / "lips.yaml").unlink()
    with pytest.raises(RulesInvalidError, match=r"lips\.yaml is missing"):
        load(folder)


def test_a_set_without_rules_is_refused_and_one_without_conditions_is_not(folder: Path) -> None:
    """Given no rule at all / Then that is said; a single rule that asks nothing speaks on every face."""
    for theme in folder.glob("*.yaml"):
        if theme.stem != "ruleset":
            theme.write_text("rules: []", encoding="utf-8")
    with pytest.raises(RulesInvalidError, match="no rules"):
        load(folder)
    (folder / "lips.yaml").write_text("rules: [{id: x, shape: {thick: 1}}]", encoding="utf-8")
    found, fired = infer(Face(), load(folder))
    assert found.shape[SHAPE_FEATURES.index("thick")] == pytest.approx(1.5)
    assert [one.rule.id for one in fired] == ["x"]


def _edit(path: Path, text: str) -> None:
    later = path.stat().st_mtime_ns + 1_000_000_000
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(later, later))


def test_an_edit_takes_effect_and_a_broken_one_does_not(folder: Path) -> None:
    """Given rules in force / If a file is edited / Then they change; if it is broken / Then the old ones stay."""
    holder = RulesHolder(folder)
    first = holder.current()
    assert holder.current() is first
    lips = folder / "lips.yaml"
    _edit(lips, lips.read_text(encoding="utf-8").replace("e/2", "e"))
    second = holder.current()
    assert second.version != first.version
    assert second.version.startswith("1.0+")
    _edit(lips, "rules: [")
    assert holder.current() is second


def test_broken_rules_at_the_start_are_an_error(folder: Path) -> None:
    """Given broken files and no earlier set / If asked for / Then the error is raised."""
    (folder / "lips.yaml").write_text("rules: [", encoding="utf-8")
    with pytest.raises(RulesInvalidError):
        RulesHolder(folder).current()


@pytest.mark.parametrize("name", ["ruleset", "jaw", "skin"])
@pytest.mark.parametrize("content", [b"rules: [", b"\xff\xfe", b"", b"- 1", b"rules: 5"])
def test_a_damaged_file_is_named(folder: Path, name: str, content: bytes) -> None:
    """Given a file that is no YAML, no text, empty or of another form / If loaded / Then the file is named."""
    (folder / f"{name}.yaml").write_bytes(content)
    with pytest.raises(RulesInvalidError, match=rf"{name}\.yaml"):
        load(folder)


def test_a_missing_rule_set_is_named(folder: Path) -> None:
    """Given a folder without its head / If loaded / Then `ruleset.yaml` is named."""
    (folder / "ruleset.yaml").unlink()
    with pytest.raises(RulesInvalidError, match=r"ruleset\.yaml is missing"):
        load(folder)


@pytest.fixture
def configured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy, named by the `rules_dir` setting."""
    monkeypatch.setenv("EXPERTGLASSES_RULES_DIR", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


def test_the_setting_names_the_folder_and_an_edit_is_noticed(configured: Path) -> None:
    """Given `rules_dir` names a folder / If a file in it changes / Then the rules in force change with it."""
    first = rules_in_force()
    jaw = configured / "jaw.yaml"
    _edit(jaw, jaw.read_text(encoding="utf-8").replace("top_heavy: e", "top_heavy: 5e"))
    second = rules_in_force()
    assert second.version != first.version
    top_heavy = SHAPE_FEATURES.index("top_heavy")
    assert advise_line({"beard": "yes"}, second)["shape"][top_heavy] == pytest.approx(0.1 + 5)
