"""The job record on a real Valkey: what may happen to it, and what may not."""

import pytest
from bare_stages import OUTPUTS

from shared.broker import connect
from shared.contracts import STAGES, Face, JobOptions, JobState, Stage, StageState
from shared.errors import JobFinishedError, JobGoneError, JobNotFoundError, NoFaceError
from shared.records import Records, Verdict, keys
from shared.settings import Settings

JOB = "job_1"
FIRST = Stage.PERCEPTION


@pytest.fixture
def records(config: Settings) -> Records:
    """Records that hold one queued job."""
    found = Records(connect(config))
    found.create(JOB, JobOptions())
    return found


def work(records: Records, stage: Stage) -> str:
    """One stage from begin to finish."""
    assert records.begin(JOB, stage, "w", 3).verdict is Verdict.GO
    return records.finish(JOB, stage, OUTPUTS[stage], 0.1)


def test_a_job_goes_through_its_stages_to_success(records: Records) -> None:
    """Given a job / If each stage is worked / Then it has succeeded with every output, and events tell it in order."""
    for stage in STAGES:
        assert work(records, stage) == "written"

    job = records.read(JOB)
    assert job.state is JobState.SUCCEEDED
    assert job.face == OUTPUTS[FIRST]
    assert job.design == OUTPUTS[Stage.GAN]
    told = [(e.stage, e.state) for e in records.events(JOB)]
    steps = [(s, state) for s in STAGES for state in (StageState.RUNNING, StageState.SUCCEEDED)]
    assert told == [(None, "queued"), (None, "running"), *steps, (None, "succeeded")]
    assert records.active() == []


def test_an_output_is_written_once(records: Records) -> None:
    """Given an output / If a second delivery brings another / Then the first is kept."""
    work(records, FIRST)

    assert records.finish(JOB, FIRST, Face(), 9.0) == "kept"
    assert records.read(JOB).face == OUTPUTS[FIRST]


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED])
def test_an_end_is_final(records: Records, state: JobState) -> None:
    """Given a job that ended / Then no other end, no output and no start changes it."""
    assert records.end(JOB, state, NoFaceError(), FIRST) == "written"
    before = records.fields(JOB)

    assert records.end(JOB, JobState.SUCCEEDED) == "ended"
    assert records.finish(JOB, FIRST, OUTPUTS[FIRST], 0.1) == "ended"
    assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.ENDED
    assert not records.strand(JOB, FIRST, before["touched"])
    assert records.fields(JOB) == before


def test_a_second_worker_is_told_who_holds_the_stage_and_may_take_it(records: Records) -> None:
    """Given a stage that one worker holds / Then another is held off, unless it takes over from the dead."""
    records.begin(JOB, FIRST, "one", 3)

    assert records.begin(JOB, FIRST, "two", 3) == (Verdict.HELD, "one", 1)
    assert records.begin(JOB, FIRST, "two", 3, take=True) == (Verdict.GO, "", 2)
    assert records.fields(JOB)[f"{FIRST}.worker"] == "two"


def test_a_stage_that_is_done_or_skipped_is_not_done_again(records: Records) -> None:
    """Worked once, or stated by the client: the verdict is `done`."""
    work(records, FIRST)
    records.create("job_2", JobOptions(), {FIRST: OUTPUTS[FIRST]})

    assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.DONE
    assert records.begin("job_2", FIRST, "w", 3).verdict is Verdict.DONE


def test_a_stage_may_not_start_for_ever(records: Records) -> None:
    """Given a stage that never comes back / If its attempts are used up / Then it is poison."""
    for _ in range(3):
        assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.GO

    assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.POISON


def test_past_the_deadline_nothing_starts(records: Records) -> None:
    """Given a deadline that has passed / Then the verdict is `late`."""
    records.redis.hset(keys.job(JOB), "deadline", "1")

    assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.LATE


def test_a_deleted_job_is_gone_for_workers_and_readers(records: Records) -> None:
    """Given a deletion / Then workers learn it, readers get 410, and nothing of the job comes back."""
    records.delete(JOB, 60)

    assert records.begin(JOB, FIRST, "w", 3).verdict is Verdict.GONE
    assert records.finish(JOB, FIRST, OUTPUTS[FIRST], 0.1) == "gone"
    assert records.end(JOB, JobState.FAILED) == "gone"
    with pytest.raises(JobGoneError):
        records.read(JOB)
    with pytest.raises(JobNotFoundError):
        records.read("job_never")
    assert not records.redis.exists(keys.job(JOB), keys.events(JOB))


def test_every_key_expires_at_each_step(records: Records) -> None:
    """Given a job at any point of its life, deleted included / Then no key is without an expiry."""

    def check() -> None:
        assert all(records.redis.ttl(key) > 0 for key in records.redis.scan_iter("eg:*"))

    check()
    for stage in STAGES:
        work(records, stage)
        check()
    records.delete(JOB, 60)
    check()


def test_a_stage_is_stranded_only_if_nothing_happened_since(records: Records) -> None:
    """Given what the sweeper saw / If a worker was just in time, nothing; else the stage waits again."""
    seen = records.fields(JOB)["touched"]
    records.begin(JOB, FIRST, "w", 3)

    assert not records.strand(JOB, FIRST, seen)
    assert records.read(JOB).stages[FIRST].state is StageState.RUNNING
    assert records.strand(JOB, FIRST, records.fields(JOB)["touched"])
    assert records.read(JOB).stages[FIRST].state is StageState.WAITING


def test_a_cancel_is_repeatable_but_undoes_no_end(records: Records) -> None:
    """Cancelled twice is fine; a job that has failed is not cancelled."""
    records.cancel(JOB)
    records.cancel(JOB)
    assert records.read(JOB).state is JobState.CANCELLED

    records.create("job_2", JobOptions())
    records.end("job_2", JobState.FAILED, NoFaceError(), FIRST)
    with pytest.raises(JobFinishedError):
        records.cancel("job_2")


def test_an_index_does_not_outgrow_what_it_lists(config: Settings) -> None:
    """Given a tenant whose jobs come and go / Then its index holds about as many as live, and every one that does."""
    records = Records(connect(config))
    client, index = records.redis, keys.jobs_of("local")
    for number in range(300):
        client.zadd(index, {f"job_gone_{number}": 1000.0 + number}, nx=True)
    living = [f"job_{number}" for number in range(150)]

    for job_id in living:
        records.create(job_id, JobOptions())

    listed = set(client.zrange(index, 0, -1))
    assert set(living) <= listed
    assert len(listed) < 300
