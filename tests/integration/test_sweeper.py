"""The sweeper: what dead processes leave behind is found, once, and what is alive is left alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from bare_stages import OUTPUTS

from shared import messages, sweeper
from shared.blobs import BlobStore
from shared.broker import connect, make_app, submit
from shared.contracts import STAGES, JobOptions, JobState, Stage, StageState
from shared.records import Records, keys
from shared.settings import Settings, settings

JOB = "job_1"
WORKER = "somewhere-1-abc"


@pytest.fixture(autouse=True)
def _here(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sweeper of this process works on the empty Valkey."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(config.data_dir))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def records(config: Settings) -> Records:
    """Records that hold one queued job, without a message."""
    found = Records(connect(config))
    found.create(JOB, JobOptions())
    return found


def sweep(records: Records) -> None:
    """One round, whoever swept a moment ago."""
    records.redis.delete(keys.SWEEPER)
    sweeper.sweep(records.redis)


def waiting(records: Records, stage: Stage) -> int:
    """Messages in a stage's queue."""
    return cast("int", records.redis.llen(stage))


def age(records: Records, field: str, seconds: float, job_id: str = JOB) -> None:
    """Let a moment of a job lie further back."""
    moment = float(records.fields(job_id)[field]) - seconds
    records.redis.hset(keys.job(job_id), field, f"{moment:.6f}")


def test_a_stage_whose_worker_fell_silent_is_sent_again(records: Records) -> None:
    """Given a running stage and no heartbeat of its worker / Then it waits again, with a message, once."""
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)

    sweep(records)
    sweep(records)

    assert records.read(JOB).stages[Stage.PERCEPTION].state is StageState.WAITING
    assert waiting(records, Stage.PERCEPTION) == 1


def test_a_stage_whose_worker_lives_is_left_alone(records: Records) -> None:
    """Given a running stage and a heartbeat / Then nothing happens to it."""
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)
    records.redis.set(keys.worker(WORKER), "alive", ex=5)

    sweep(records)

    assert records.read(JOB).stages[Stage.PERCEPTION].state is StageState.RUNNING
    assert waiting(records, Stage.PERCEPTION) == 0


def test_a_stage_that_runs_beyond_every_limit_is_sent_again(records: Records) -> None:
    """Given a worker whose heart beats while its child hangs for ever / Then the stage is sent again."""
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)
    records.redis.set(keys.worker(WORKER), "alive", ex=5)
    age(records, f"{Stage.PERCEPTION}.started", settings().stage_hard_seconds + 10)

    sweep(records)

    assert records.read(JOB).stages[Stage.PERCEPTION].state is StageState.WAITING
    assert waiting(records, Stage.PERCEPTION) == 1


def test_a_job_whose_message_was_lost_is_sent_again_from_where_it_was(records: Records) -> None:
    """Given a stage done, an empty queue, and silence / Then the next stage gets a message, the first does not."""
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)
    records.finish(JOB, Stage.PERCEPTION, OUTPUTS[Stage.PERCEPTION], 0.1)
    age(records, "touched", 60)

    sweep(records)

    assert [waiting(records, stage) for stage in STAGES] == [0, 1, 0, 0]


def test_a_job_that_waits_in_its_queue_is_left_there(records: Records) -> None:
    """Given jobs in a queue for a minute, next or behind others / Then none is sent twice."""
    for job_id in ("job_2", JOB, "job_3"):
        if job_id != JOB:
            records.create(job_id, JobOptions())
        submit(make_app(), job_id)
        age(records, "touched", 60, job_id)

    sweep(records)

    assert waiting(records, Stage.PERCEPTION) == 3


def test_a_message_lost_before_a_queue_that_never_empties_is_sent_again(records: Records) -> None:
    """Given a job without a message and a queue of later ones / Then it is sent again, once, and is the next."""
    age(records, "touched", 60)
    for job_id in ("job_2", "job_3"):
        records.create(job_id, JobOptions())
        submit(make_app(), job_id)
        age(records, "touched", 30, job_id)

    sweep(records)
    age(records, "touched", 20)
    sweep(records)

    assert waiting(records, Stage.PERCEPTION) == 3
    assert messages.oldest(records.redis, Stage.PERCEPTION) == JOB


def test_the_messages_that_a_chain_sends_on_are_read_too(records: Records) -> None:
    """Given a later stage, whose messages come from workers / Then what is lost there is found as well."""
    for job_id in (JOB, "job_2"):
        if job_id != JOB:
            records.create(job_id, JobOptions())
        records.begin(job_id, Stage.PERCEPTION, WORKER, 3)
        records.finish(job_id, Stage.PERCEPTION, OUTPUTS[Stage.PERCEPTION], 0.1)
        age(records, "touched", 60 if job_id == JOB else 30, job_id)
    make_app().send_task("advise", args=["job_2"], queue=Stage.EXPERT)  # as they are once they were JSON

    sweep(records)

    assert [messages.oldest(records.redis, Stage.EXPERT), waiting(records, Stage.EXPERT)] == [JOB, 2]


def test_a_queue_with_what_is_not_ours_stops_no_sweep(records: Records) -> None:
    """Given something in a queue that is no message / Then jobs behind it are left alone, and expired ones still end."""
    records.redis.rpush(Stage.PERCEPTION, "no message", '{"headers": {}}')
    age(records, "touched", 60)
    records.create("job_2", JobOptions())
    records.redis.hset(keys.job("job_2"), "deadline", "1")

    sweep(records)

    assert waiting(records, Stage.PERCEPTION) == 2
    assert records.active() == [JOB]


def test_a_job_past_its_deadline_expires_without_a_worker(records: Records) -> None:
    """Given a deadline gone by and no worker at all / Then the job is expired, and no longer active."""
    records.redis.hset(keys.job(JOB), "deadline", "1")

    sweep(records)

    assert records.read(JOB).state is JobState.EXPIRED
    assert records.active() == []


def test_an_index_entry_without_a_job_goes(records: Records) -> None:
    """Given entries of jobs that ended or never came to be / Then they are dropped."""
    records.redis.zadd(keys.ACTIVE, {"job_never": 1})
    records.cancel(JOB)
    records.redis.zadd(keys.ACTIVE, {JOB: 1})

    sweep(records)

    assert records.active() == []


def test_files_go_when_the_time_of_their_job_is_over(records: Records, config: Settings) -> None:
    """Given one job past its retention and one within / Then the files of the first are gone, the others stay."""
    blobs = BlobStore.from_settings(config)
    records.create("job_2", JobOptions())
    for job_id in (JOB, "job_2"):
        blobs.put(job_id, "photo", b"photo")
    records.redis.zadd(keys.EXPIRY, {JOB: 1})

    sweep(records)

    assert (blobs.names(JOB), blobs.names("job_2")) == ([], ["photo"])
    assert records.redis.zrange(keys.EXPIRY, 0, -1) == ["job_2"]


def test_only_one_sweeps_at_a_time(records: Records) -> None:
    """Given a sweeper at work / Then another leaves everything to it."""
    records.redis.set(keys.SWEEPER, "another", ex=5)
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)

    sweeper.sweep(records.redis)

    assert records.read(JOB).stages[Stage.PERCEPTION].state is StageState.RUNNING


def test_two_sweepers_at_once_send_one_message(records: Records, config: Settings) -> None:
    """Given a lock that has run out under a slow sweeper / Then a second one beside it doubles nothing."""
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)
    others = [Records(connect(config)) for _ in range(4)]

    def rescue(other: Records) -> None:
        queues = {stage: sweeper.Queue(other.redis, stage) for stage in STAGES}
        sweeper._rescue(other, queues, JOB, other.fields(JOB))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rescue, others))

    assert waiting(records, Stage.PERCEPTION) == 1


def test_a_stranded_job_goes_before_those_that_came_later(records: Records) -> None:
    """Given a long queue / If a stage is sent again / Then its message is the next that a worker takes."""
    for later in range(3):
        records.redis.lpush(Stage.PERCEPTION, f"message {later}")
    records.begin(JOB, Stage.PERCEPTION, WORKER, 3)

    sweep(records)

    assert JOB in (records.redis.lindex(Stage.PERCEPTION, -1) or "")
    assert waiting(records, Stage.PERCEPTION) == 4
