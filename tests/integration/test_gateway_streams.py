"""Many listeners on one thread and one connection to the broker."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis
from bare_stages import OUTPUTS
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.hub import Feed, Hub
from shared.broker import connect
from shared.contracts import JobOptions, JobState, Stage
from shared.records import Event, Records
from shared.settings import Settings

JOB = "job_1"
PATIENCE = 10.0


@pytest.fixture
def records(config: Settings) -> Records:
    """Records with one queued job."""
    found = Records(connect(config))
    found.create(JOB, JobOptions())
    return found


@pytest.fixture
def hub(config: Settings) -> Iterator[Hub]:
    """What the listeners of one process share."""
    return Hub(Records(connect(config)))


def until_end(feed: Feed) -> list[Event]:
    """All events of a feed, as they come."""
    seen, found = list(feed.catch_up()), []
    until = time.monotonic() + PATIENCE
    while found is not None and time.monotonic() < until:
        seen += found
        if seen and seen[-1].state is JobState.CANCELLED:
            break
        found = feed.take(PATIENCE)
    return seen


def test_each_listener_hears_everything_once_and_in_order(hub: Hub, records: Records) -> None:
    """Twenty listeners that come before, between and after the events of a job."""
    heard: queue.SimpleQueue[list[Event]] = queue.SimpleQueue()

    def listen() -> None:
        with hub.follow(JOB) as feed:
            heard.put(until_end(feed))

    listeners = [threading.Thread(target=listen) for _ in range(20)]
    for number, listener in enumerate(listeners):
        listener.start()
        if number == 6:
            records.begin(JOB, Stage.PERCEPTION, "worker", 3)
        if number == 12:
            records.finish(JOB, Stage.PERCEPTION, OUTPUTS[Stage.PERCEPTION], 0.1)
    records.cancel(JOB)
    for listener in listeners:
        listener.join(PATIENCE)

    expected = [event.id for event in records.events(JOB)]
    assert len(expected) == 5
    assert [[event.id for event in heard.get_nowait()] for _ in listeners] == [expected] * 20


def test_listeners_share_one_connection(hub: Hub, records: Records) -> None:
    """Two hundred feeds of fifty jobs hold no more connections than one does."""
    jobs = [f"job_{number}" for number in range(2, 52)]
    for job in jobs:
        records.create(job, JobOptions())
    with ExitStack() as held:
        held.enter_context(hub.follow(JOB))
        one = len(records.redis.client_list())
        feeds = [held.enter_context(hub.follow(job)) for job in jobs for _ in range(4)]
        assert len(records.redis.client_list()) <= one + 1
        records.cancel(jobs[-1])
        assert until_end(feeds[-1])[-1].state is JobState.CANCELLED
    assert hub._feeds == {}
    assert hub._last == {}


def test_a_new_listener_is_not_kept_waiting_for_the_round_under_way(hub: Hub, records: Records) -> None:
    """Given a thread that waits for another job / If a listener comes / Then the thread wakes and reads its job too."""
    records.create("job_2", JobOptions())
    with hub.follow("job_2"), hub.follow(JOB) as feed:
        feed.catch_up()
        time.sleep(0.1)
        records.cancel(JOB)
        found = feed.take(PATIENCE)
    assert found
    assert found[-1].state is JobState.CANCELLED


def test_a_deleted_job_ends_its_streams(hub: Hub, records: Records) -> None:
    """No event tells of a deletion; the streams end all the same."""
    with hub.follow(JOB) as feed:
        feed.catch_up()
        records.delete(JOB, 60)
        seen = [feed.take(PATIENCE), feed.take(PATIENCE)]
    assert seen == [[], None]


def test_a_lost_broker_ends_the_streams_and_the_thread_lives_on(hub: Hub, records: Records) -> None:
    """Given a connection that breaks / Then listeners are sent away, and the next one is served."""
    with hub.follow(JOB) as feed:
        feed.catch_up()

        def broken(*_: object, **__: object) -> None:
            raise redis.ConnectionError

        real = hub._redis.xread
        hub._redis.xread = broken  # type: ignore[method-assign]
        with pytest.raises(redis.ConnectionError):
            feed.take(PATIENCE)
        hub._redis.xread = real  # type: ignore[method-assign]
    with hub.follow(JOB) as feed:
        feed.catch_up()
        records.cancel(JOB)
        assert until_end(feed)[-1].state is JobState.CANCELLED


def test_waiting_clients_are_bounded_and_served(config: Settings, records: Records) -> None:
    """More clients that wait than the pool of Redis once had connections: each gets its answer."""
    client = create_app(config).test_client()
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def wait(one: FlaskClient) -> None:
        answer = one.get(f"/v1/jobs/{JOB}", headers={"Prefer": "wait=20"}).json
        assert answer is not None
        answers.put(answer["state"])

    waiting = [threading.Thread(target=wait, args=(client.application.test_client(),)) for _ in range(120)]
    for one in waiting:
        one.start()
    time.sleep(0.5)
    records.cancel(JOB)
    for one in waiting:
        one.join(PATIENCE * 3)
    assert [answers.get_nowait() for _ in waiting] == ["cancelled"] * 120
