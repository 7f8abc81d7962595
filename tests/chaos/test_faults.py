"""Each fault while 200 jobs are in flight: every accepted job ends once, in a true state, and leaves nothing behind."""

import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from light_stages import POISON
from link import Link
from yard import FULL, IN_FLIGHT, Yard

from cli.supervisor import Child
from shared.broker import make_app, submit
from shared.contracts import STAGES, JobState, Stage
from shared.ledger import entries, retry
from shared.settings import Settings

full = pytest.mark.full
# In the short form test_kill.py kills a real worker of perception.
STAGE_KILLS = [
    *(pytest.param(stage, marks=full) for stage in (Stage.PERCEPTION, Stage.EXPERT, Stage.SEARCH)),
    Stage.GAN,
]


@pytest.mark.parametrize("stage", STAGE_KILLS)
def test_a_worker_killed_in_the_middle_of_its_work(yard: Yard, stage: Stage) -> None:
    """If `kill -9` takes a worker and its children / Then another start of it goes on where it was."""
    jobs = yard.gather()
    yard.flow(until=stage)

    fault = yard.fault(f"kill -9 of the {stage} worker", amid=stage)
    yard.kill(yard.workers[stage])

    yard.settle(jobs, fault)


def test_a_child_killed_for_memory(yard: Yard) -> None:
    """If the process that works is killed alone, as for want of memory / Then its message comes back at once."""
    jobs = yard.gather()
    yard.flow(until=Stage.SEARCH)

    fault = yard.fault("kill -9 of the child that works", amid=Stage.SEARCH)
    os.kill(children(yard.workers[Stage.SEARCH])[-1], signal.SIGKILL)

    yard.settle(jobs, fault)


def test_the_broker_killed_and_started_again(yard: Yard) -> None:
    """If `kill -9` takes the broker / Then its append-only file brings everything back, and workers return."""
    jobs = yard.gather()
    yard.flow(until=Stage.EXPERT)

    fault = yard.fault("kill -9 of the broker")
    yard.broker.terminate()
    yard.broker.start()

    yard.settle(jobs, fault)


def test_a_broker_that_stands_still(yard: Yard) -> None:
    """If the broker answers nothing for a while / Then the door says so at once, and all goes on afterwards."""
    jobs = yard.gather()
    yard.flow(until=Stage.EXPERT)
    broker = yard.broker._process
    assert broker is not None

    fault = yard.fault(f"broker paused for {PAUSE_SECONDS} s")
    broker.send_signal(signal.SIGSTOP)
    try:
        refused = yard.create()
        time.sleep(PAUSE_SECONDS)
    finally:
        broker.send_signal(signal.SIGCONT)
    fault.at += PAUSE_SECONDS

    assert refused is not None
    assert (refused.status_code, refused.json()["code"]) == (503, "broker_unavailable")
    yard.settle(jobs, fault)


def test_a_connection_that_goes_dead_without_a_word(yard: Yard) -> None:
    """If nothing passes any more between a worker and the broker, both ends open / Then the worker connects anew."""
    with link_to(yard) as line:
        yard.restart_over(Stage.SEARCH, f"redis://127.0.0.1:{line.port}/0")
        jobs = yard.gather()
        yard.flow(until=Stage.SEARCH)

        fault = yard.fault("half-open connection of the search worker")
        line.go_dead()

        yard.settle(jobs, fault)
        yard.restart_over(Stage.SEARCH, yard.redis_url)


def test_the_gateway_killed(yard: Yard) -> None:
    """If `kill -9` takes the gateway / Then accepted jobs end as if nothing had been, and it takes new ones."""
    jobs = yard.gather()
    yard.flow(until=Stage.PERCEPTION)

    fault = yard.fault("kill -9 of the gateway")
    yard.kill(yard.gateway)
    yard.wait(
        lambda: (answer := yard.create()) is not None and bool(jobs.append(answer.json()["id"]) or True),
        "a job",
    )

    yard.settle(jobs, fault)


def test_a_full_disk_under_the_blob_store(yard: Yard) -> None:
    """If nothing can be stored / Then uploads are refused whole, running jobs fail as what they are and can be retried."""
    jobs = yard.gather()
    yard.flow(until=Stage.GAN)

    fault = yard.fault("disk full in the blob store")
    with no_room(yard.gateway, yard.workers[Stage.GAN]):
        before = set(yard.files())
        refused = yard.create()
        yard.wait(
            lambda: any(entry.dead for entry in entries(yard.records.redis)),
            "a job has failed for want of room",
        )
        assert refused is not None
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert set(yard.files()) == before
        assert not list(yard.blobs_dir.rglob("*.part"))
    yard.wait(lambda: yard.records.count_active() == 0, "every job has ended")
    dead = [entry.id for entry in entries(yard.records.redis) if entry.dead]
    assert {yard.records.read(job_id).error["code"] for job_id in dead} == {"store_unavailable"}  # type: ignore[index]
    app = make_app(Settings(redis_url=yard.redis_url))  # type: ignore[arg-type]
    again = [retry(yard.records, app, job_id) for job_id in dead]
    yard.wait(lambda: yard.records.count_active() == 0, "every retried job has ended")
    assert {yard.records.read(job_id).state for job_id in again} == {JobState.SUCCEEDED}
    yard.forget(again)

    yard.settle(jobs, fault, ends=(JobState.SUCCEEDED, JobState.FAILED))


def test_clocks_that_jump(yard: Yard) -> None:
    """If the clocks of gateway and workers jump hours ahead and back / Then no job notices, for Redis' clock counts."""
    jobs = yard.gather()
    yard.flow(until=Stage.EXPERT)

    fault = yard.fault("clocks of all our processes 2 h ahead, then 3 h back")
    yard.clock.write_text("7200")
    time.sleep(2)
    yard.clock.write_text("-3600")
    time.sleep(2)
    yard.clock.unlink()

    yard.settle(jobs, fault)


def test_a_job_that_kills_whoever_takes_it(yard: Yard) -> None:
    """Given one poison job among many / Then it is given up after three starts, and no other is harmed."""
    jobs = yard.gather()
    poison = yard.accepted(1, limit=POISON)
    fault = yard.fault("a job that kills its worker")
    yard.flow(until=Stage.PERCEPTION)

    yard.wait(lambda: yard.records.count_active() == 0, "every job has ended", 120)
    job = yard.records.read(poison[0])
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "stage_crashed")
    assert job.stages[Stage.PERCEPTION].attempts == 3
    yard.settle(jobs, fault)
    yard.settle(poison, ends=[JobState.FAILED])


def test_a_rolling_restart_of_everything(yard: Yard) -> None:
    """If every process is restarted in turn under load / Then work in hand is finished first: no stage starts twice."""
    jobs = yard.gather()
    yard.flow(until=Stage.PERCEPTION)

    fault = yard.fault("rolling restart of everything but the broker")
    for child in yard.everything():
        yard.restart(child)
    yard.wait(lambda: yard.records.count_active() == 0, "every job has ended", 120)

    attempts = [r.attempts for job_id in jobs for r in yard.records.read(job_id).stages.values()]
    assert set(attempts) == {1}
    yard.settle(jobs, fault)


def test_two_messages_for_every_job(yard: Yard) -> None:
    """Given each message twice and two workers that take them / Then each stage still runs once a job."""
    jobs = yard.gather()
    app = make_app(Settings(redis_url=yard.redis_url))  # type: ignore[arg-type]
    for job_id in jobs:
        submit(app, job_id)
    fault = yard.fault("every message twice")
    yard.flow(until=Stage.PERCEPTION)
    yard.wait(lambda: yard.records.count_active() == 0, "every job has ended", 120)

    attempts = [r.attempts for job_id in jobs for r in yard.records.read(job_id).stages.values()]
    assert set(attempts) == {1}
    yard.settle(jobs, fault)


@full
def test_a_worker_that_freezes_and_thaws(yard: Yard) -> None:
    """If a worker stands still for longer than it may be silent / Then another takes over, and the late one adds nothing."""
    second = yard.worker(Stage.GAN, "gan-b")
    jobs = yard.gather()
    yard.flow(until=Stage.GAN)

    fault = yard.fault("a worker frozen for 15 s")
    yard.tell(yard.workers[Stage.GAN], signal.SIGSTOP)
    time.sleep(15)
    yard.tell(yard.workers[Stage.GAN], signal.SIGCONT)

    yard.settle(jobs, fault)
    assert second.process is not None
    second.process.terminate()
    second.stop(15)


@full
def test_listeners_who_never_read(yard: Yard) -> None:
    """Given clients that open event streams and read nothing / Then the door takes, shows and ends jobs as ever."""
    jobs = yard.gather()
    with ExitStack() as open_streams:
        for job_id in jobs[:40]:
            listener = open_streams.enter_context(
                socket.create_connection(("127.0.0.1", yard._port), timeout=5)
            )
            listener.sendall(f"GET /v1/jobs/{job_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        fault = yard.fault("40 listeners who never read")
        yard.flow(until=Stage.PERCEPTION)
        jobs += yard.accepted(10)

        assert len(jobs) >= IN_FLIGHT + 10
        yard.settle(jobs, fault)


# Faults ---------------------------------------------------------------------------------------------------

PAUSE_SECONDS = 30 if FULL else 6


def children(child: Child) -> list[int]:
    """Processes that a worker forked; the last are those that work."""
    assert child.process is not None
    pid = child.process.pid
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def link_to(yard: Yard) -> Iterator[Link]:
    """A line to the broker."""
    line = Link(yard.broker.port)
    try:
        yield line
    finally:
        line.close()


@contextmanager
def no_room(*held: Child) -> Iterator[None]:
    """No byte can be written to any file: the errors of a full disk, without filling one."""
    pids = [pid for child in held if child.process for pid in (child.process.pid, *children(child))]
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_every_stage_has_its_worker_after_all_that(yard: Yard) -> None:
    """Given all the faults above / Then the system is whole and says so: a last job takes one attempt a stage."""
    yard.wait(yard._ready, "a worker of each stage says that it is ready")
    jobs = yard.accepted(1)
    yard._gate.touch()
    yard.wait(lambda: yard.records.count_active() == 0, "the job has ended")

    assert [yard.records.read(jobs[0]).stages[stage].attempts for stage in STAGES] == [1, 1, 1, 1]
    yard.settle(jobs)
