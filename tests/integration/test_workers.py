"""The register of living workers, over an outage of the one who keeps it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import workers
from shared.broker import connect
from shared.contracts import Stage
from shared.records import keys
from shared.settings import Settings


@pytest.fixture(autouse=True)
def _newborn() -> Iterator[None]:
    """A worker whose children have declared nothing."""
    workers._declared.clear()
    yield
    workers._declared.clear()


def test_a_worker_is_ready_again_after_redis_forgot_it(config: Settings, tmp_path: Path) -> None:
    """Given an outage longer than its silence may last / Then its next heartbeat says again what it has loaded."""
    client, seen = connect(config), config.model_copy(update={"heart_file": tmp_path / "heart"})
    workers.declare(client, config, {"rules": "abc"}, None)
    workers.beat(client, Stage.EXPERT, seen)
    client.delete(keys.worker(workers.WORKER_ID))

    workers.beat(client, Stage.EXPERT, seen)

    (told,) = workers.living(client)
    assert (told.stage, told.ready, told.versions) == (Stage.EXPERT, True, {"rules": "abc"})
    assert json.loads((tmp_path / "heart").read_text())["ready"]
    assert client.pttl(keys.worker(workers.WORKER_ID)) > 0


def test_a_worker_that_has_loaded_nothing_yet_is_not_ready(config: Settings, tmp_path: Path) -> None:
    """Given no child that has declared anything / Then the register and the container's health check say so."""
    client, seen = connect(config), config.model_copy(update={"heart_file": tmp_path / "heart"})

    workers.beat(client, Stage.EXPERT, seen)

    assert not workers.living(client)[0].ready
    assert not json.loads((tmp_path / "heart").read_text())["ready"]


def test_a_child_that_finds_a_fault_is_believed(config: Settings) -> None:
    """Given a child that was ready and another that is not / Then the last word counts, before and after an outage."""
    client = connect(config)
    workers.declare(client, config, {"rules": "abc"}, None)
    workers.beat(client, Stage.EXPERT, config)
    workers.declare(client, config, {}, "no rules")
    workers.beat(client, Stage.EXPERT, config)
    client.delete(keys.worker(workers.WORKER_ID))
    workers.beat(client, Stage.EXPERT, config)

    (told,) = workers.living(client)
    assert (told.ready, told.problem) == (False, "no rules")
