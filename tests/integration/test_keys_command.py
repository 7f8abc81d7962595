"""`expertglasses keys`: what an operator does about access keys."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from cli.main import cli
from shared.broker import connect
from shared.records.credentials import Credentials
from shared.settings import Settings, settings


@pytest.fixture(autouse=True)
def credentials(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Credentials]:
    """The keys that the command works on."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    settings.cache_clear()
    yield Credentials(connect(config))
    settings.cache_clear()


def run(*arguments: str) -> Result:
    """The command."""
    return CliRunner().invoke(cli, ["keys", *arguments])


def test_a_key_is_made_and_shown_once(credentials: Credentials) -> None:
    """The key alone on standard output, for a script to keep; the list tells everything else."""
    made = run("create", "--tenant", "shop", "--scope", "jobs", "--scope", "frames", "--note", "the till")
    assert made.exit_code == 0
    key = made.stdout.strip()
    found = credentials.recognise(key)
    assert found is not None
    assert (found.tenant, found.scopes) == ("shop", ("jobs", "frames"))

    listed = run("list").output
    assert found.id in listed
    assert "shop  jobs frames  the till" in listed
    assert key.split("_", 2)[2] not in listed


def test_without_a_word_a_key_may_do_everything(credentials: Credentials) -> None:
    """Of the local tenant."""
    found = credentials.recognise(run("create").stdout.strip())
    assert found is not None
    assert (found.tenant, set(found.scopes)) == ("local", {"jobs", "frames", "catalogues", "webhooks"})


def test_a_key_is_rotated_and_revoked(credentials: Credentials) -> None:
    """The old one opens during the grace and not without."""
    first = run("create").stdout.strip()
    key_id = first.split("_")[1]
    second = run("rotate", key_id).stdout.strip()
    assert credentials.recognise(first)
    assert credentials.recognise(second)
    third = run("rotate", key_id, "--grace-hours", "0").stdout.strip()
    assert credentials.recognise(second) is None

    assert run("revoke", key_id).exit_code == 0
    assert credentials.recognise(third) is None
    assert run("list").output == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "--tenant", "A Shop!"),
        ("create", "--scope", "all"),
        ("rotate", "nobody"),
        ("revoke", "nobody"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: tuple[str, ...], credentials: Credentials) -> None:
    """And nothing is made."""
    assert run(*arguments).exit_code != 0
    assert credentials.all() == []
