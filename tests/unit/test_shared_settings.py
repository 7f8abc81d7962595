"""Settings: documented, checked, and silent about secrets."""

from pathlib import Path

import pytest

from shared.errors import SettingsInvalidError
from shared.settings import ROOT, Settings, settings


def test_every_setting_is_documented() -> None:
    """Each field has a row in `docs/settings.md` with its description, and no row tells of a field that is gone."""
    text = (ROOT / "docs" / "settings.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]

    assert {row.split("`")[1] for row in rows} == set(Settings.model_fields)
    for row in rows:
        assert str(Settings.model_fields[row.split("`")[1]].description) in row


def test_limits_nest() -> None:
    """A hard limit below the soft one would kill a stage before it could say so."""
    with pytest.raises(SettingsInvalidError):
        Settings(stage_soft_seconds=50)


def test_environment_comes_before_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given a file and a variable for the same setting / Then the variable wins, the file fills the rest."""
    file = tmp_path / "expertglasses.toml"
    file.write_text("port = 1000\nmax_streams = 5\n")
    monkeypatch.setenv("EXPERTGLASSES_CONFIG", str(file))
    monkeypatch.setenv("EXPERTGLASSES_PORT", "2000")

    found = Settings()

    assert (found.port, found.max_streams) == (2000, 5)


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the setting; the value, which may be a secret, stays out."""
    monkeypatch.setenv("EXPERTGLASSES_PORT", "hunter2")
    settings.cache_clear()
    try:
        with pytest.raises(SettingsInvalidError, match="port") as caught:
            settings()
    finally:
        settings.cache_clear()
    assert "hunter2" not in str(caught.value)


def test_the_broker_address_is_not_printed() -> None:
    """A password in the broker's URL does not reach a log that prints the settings."""
    assert "hunter2" not in repr(Settings(redis_url="redis://:hunter2@localhost/0"))  # type: ignore[arg-type]
