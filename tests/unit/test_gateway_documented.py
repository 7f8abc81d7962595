"""Everything a client may meet is in `docs/10-api.md`, and what Redis holds in `docs/04-job-record.md`."""

import re
import types

import pytest

from gateway import cors
from gateway.app import create_app
from gateway.openapi import description
from gateway.spec import Scope
from shared.contracts import JobOptions, JobState, Stage
from shared.errors import all_errors
from shared.records import EventKind, keys
from shared.records.hooks import HookEvent
from shared.settings import ROOT, Settings

API = (ROOT / "docs" / "10-api.md").read_text()
RECORD = (ROOT / "docs" / "04-job-record.md").read_text()


@pytest.fixture(scope="module")
def document() -> dict[str, dict[str, dict[str, object]]]:
    """The paths of the description."""
    found: dict[str, dict[str, dict[str, object]]] = description(create_app(Settings()))["paths"]
    return found


def test_every_route_is_told_with_its_sentence(document: dict[str, dict[str, dict[str, object]]]) -> None:
    """And none that is gone."""
    served = {
        f"{m.upper()} {path}": told["summary"]
        for path, methods in document.items()
        for m, told in methods.items()
    }
    rows = re.findall(r"^\| `([A-Z]+ /\S*)` \| (\w+) \| (.*) \|$", API, re.MULTILINE)
    assert {route: summary for route, _, summary in rows} == served
    assert {scope for _, scope, _ in rows} == set(Scope)


def test_every_code_is_told_as_it_is() -> None:
    """Status and whether to try again too, and none that is gone."""
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (yes|no) \| (.*)\. \|$", API, re.MULTILINE)
    known = {
        code: (str(error.status), "yes" if error.retryable else "no", error.title())
        for code, error in all_errors().items()
        # What only commands on the operator's own machine say.
        if error.__module__ == "shared.errors"
    }
    assert {code: tuple(rest) for code, *rest in rows} == known


@pytest.mark.parametrize("words", [EventKind, HookEvent, JobState, Stage, JobOptions.model_fields])
def test_events_states_and_options_are_told(words: object) -> None:
    """Each by its name."""
    assert [word for word in words if f"`{word}`" not in API] == []  # type: ignore[attr-defined]


def test_every_header_is_told(document: dict[str, dict[str, dict[str, object]]]) -> None:
    """Those that clients send and those that answers carry."""
    text = str(document)
    headers = {*cors._ASK.split(", "), *cors._TELL.split(", ")} - {"Content-Type"}
    assert [name for name in headers if name not in API] == []
    for name in ("Idempotency-Key", "Prefer", "If-None-Match", "Last-Event-ID", "Location", "ETag"):
        assert name in text


def test_everything_in_redis_is_told() -> None:
    """Each name of `shared/records/keys.py`, with when it goes."""
    names = {value for value in vars(keys).values() if isinstance(value, str) and value.startswith("eg:")}
    makers = [found for found in vars(keys).values() if isinstance(found, types.FunctionType)]
    names |= {make(*["<>"] * make.__code__.co_argcount) for make in makers}
    told = {
        re.sub(r"<[^>]*>|(?<={)id(?=})", "<>", key)
        for key in re.findall(r"^\| `(eg:[^`]*)` \|", RECORD, re.MULTILINE)
    }
    assert names <= told
