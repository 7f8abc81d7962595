"""A worker whose consumer sleeps while messages wait ends itself, and one that is busy or idle does not."""

import os
import signal
from typing import Any

import pytest
from celery.worker import state

from shared import watch as room
from shared.broker import connect
from shared.contracts import Stage
from shared.settings import Settings
from shared.watch import Watch


class Request:
    """Something in a worker's hand."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in its first element."""
    now = [1000.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def watch(config: Settings, clock: list[float]) -> Watch:
    """Of a worker of the search, with one message waiting."""
    connect(config).lpush(Stage.SEARCH, "a message")
    return Watch(Stage.SEARCH, busy_seconds=50)


def test_a_worker_that_takes_nothing_though_messages_wait_is_stuck(
    watch: Watch, config: Settings, clock: list[float]
) -> None:
    """Given a waiting message and empty hands / Then five seconds are patience enough."""
    assert not watch.stuck(connect(config))
    clock[0] += 6
    assert watch.stuck(connect(config))


def test_a_worker_that_takes_messages_is_well(watch: Watch, config: Settings, clock: list[float]) -> None:
    """Given a message taken a moment ago / Then a long queue means nothing."""
    clock[0] += 6
    watch._took()

    assert not watch.stuck(connect(config))


def test_a_worker_at_work_may_take_its_time(watch: Watch, config: Settings, clock: list[float]) -> None:
    """Given something in hand / Then only the hard limit of a stage makes it stuck."""
    request = Request()
    state.reserved_requests.add(request)
    try:
        clock[0] += 40
        assert not watch.stuck(connect(config))
        clock[0] += 20
        assert watch.stuck(connect(config))
    finally:
        state.reserved_requests.discard(request)


def test_the_end_of_long_work_is_no_alarm(watch: Watch, config: Settings, clock: list[float]) -> None:
    """Given work that took long and is done / Then the five seconds count from its end."""
    request = Request()
    state.reserved_requests.add(request)
    clock[0] += 20
    assert not watch.stuck(connect(config))
    state.reserved_requests.discard(request)
    clock[0] += 1
    assert not watch.stuck(connect(config))
    clock[0] += 5
    assert watch.stuck(connect(config))


def test_an_empty_queue_and_a_shutdown_are_no_alarm(
    watch: Watch, config: Settings, clock: list[float]
) -> None:
    """Given nothing to take, or an end under way / Then a worker that takes nothing is well."""
    clock[0] += 60
    watch._ends()
    assert not watch.stuck(connect(config))
    connect(config).delete(Stage.SEARCH)
    assert not Watch(Stage.SEARCH, 50).stuck(connect(config))


def test_a_stuck_worker_asks_itself_to_end_and_then_insists(
    watch: Watch, config: Settings, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given it is stuck / Then it sends itself SIGTERM, and leaves if that does not help."""
    done: list[Any] = []
    monkeypatch.setattr(room.os, "kill", lambda pid, number: done.append((pid, number)))
    monkeypatch.setattr(room.os, "_exit", done.append)
    monkeypatch.setattr(room.time, "sleep", lambda _: None)
    watch.look(connect(config))
    assert done == []

    clock[0] += 6
    watch.look(connect(config))

    assert done == [(os.getpid(), signal.SIGTERM), os.EX_TEMPFAIL]
