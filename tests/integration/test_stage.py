"""The decorator around every pipeline: a message may come twice, late, or to a worker after a dead one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from bare_stages import OUTPUTS
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded

from shared import stage as stages
from shared import workers
from shared.blobs import BlobStore, photo_names
from shared.broker import connect, make_app
from shared.contracts import JobOptions, JobState, Stage, StageState
from shared.contracts.base import Contract
from shared.errors import ExpertGlassesError, NoFaceError
from shared.records import Origin, Records, keys
from shared.settings import Settings, settings
from shared.stage import Work, stage

JOB = "job_1"
OTHER = "elsewhere-1-abc"
Pipeline = Callable[[Work], Contract]


@pytest.fixture(autouse=True)
def _here(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is a worker on the empty Valkey."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(config.data_dir))
    caches = (settings, stages._records, stages._blobs)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def records(config: Settings) -> Records:
    """Records that hold one queued job."""
    found = Records(connect(config))
    found.create(JOB, JobOptions())
    return found


class Delivery:
    """A stage bound to a pipeline that notes its calls; `deliver` gives it the job's message once more."""

    def __init__(
        self, pipeline: Pipeline | None = None, which: Stage = Stage.PERCEPTION, **options: Any
    ) -> None:
        self.calls = 0
        self._pipeline = pipeline or (lambda _: OUTPUTS[which])

        def run(work: Work) -> Contract:
            self.calls += 1
            return self._pipeline(work)

        self._task = stage(make_app(), which, prepare=dict, **options)(run)

    def deliver(self) -> str:
        """What becomes of the message: `passed` lets the chain go on, `ignored` ends it, `requeued` puts it back."""
        try:
            self._task(JOB)
        except Ignore:
            return "ignored"
        except Reject as rejected:
            return "requeued" if rejected.requeue else "dropped"
        return "passed"


def test_a_message_given_twice_is_worked_once(records: Records) -> None:
    """Given a stage that is done / If its message comes again / Then nothing runs, and the chain goes on."""
    perception = Delivery()

    assert [perception.deliver(), perception.deliver()] == ["passed", "passed"]
    assert perception.calls == 1
    assert records.read(JOB).stages[Stage.PERCEPTION].attempts == 1


def test_a_stage_that_a_living_worker_holds_is_left_to_it(records: Records) -> None:
    """Given another worker at the stage, heard of lately / Then this delivery does nothing."""
    records.begin(JOB, Stage.PERCEPTION, OTHER, 3)
    records.redis.set(keys.worker(OTHER), "alive", ex=5)
    perception = Delivery()

    assert perception.deliver() == "ignored"
    assert perception.calls == 0


def test_a_stage_is_taken_over_from_the_dead(records: Records) -> None:
    """Given another worker at the stage, silent / Then this one starts over, and the job tells of two attempts."""
    records.begin(JOB, Stage.PERCEPTION, OTHER, 3)
    perception = Delivery()

    assert perception.deliver() == "passed"
    done = records.read(JOB).stages[Stage.PERCEPTION]
    assert (done.state, done.attempts) == (StageState.SUCCEEDED, 2)


def test_a_job_cancelled_between_stages_goes_no_further(records: Records) -> None:
    """Given one stage done / If the job is cancelled / Then the next stage never runs and the chain ends."""
    Delivery().deliver()
    records.cancel(JOB)
    expert = Delivery(which=Stage.EXPERT)

    assert expert.deliver() == "ignored"
    assert expert.calls == 0
    assert records.read(JOB).state is JobState.CANCELLED


def test_a_job_cancelled_during_work_stops_at_the_next_check(records: Records) -> None:
    """Given work under way / If the job is cancelled / Then the pipeline's next check ends it, unfinished."""

    def pipeline(work: Work) -> Contract:
        work.check()
        records.cancel(JOB)
        work.check()
        raise AssertionError("the check before should have ended this")

    assert Delivery(pipeline).deliver() == "ignored"
    job = records.read(JOB)
    assert (job.state, job.face) == (JobState.CANCELLED, None)


def test_a_result_that_comes_after_a_cancel_is_not_kept(records: Records) -> None:
    """Given work that never checks / If the job is cancelled meanwhile / Then its output is dropped."""

    def pipeline(_: Work) -> Contract:
        records.cancel(JOB)
        return OUTPUTS[Stage.PERCEPTION]

    assert Delivery(pipeline).deliver() == "ignored"
    job = records.read(JOB)
    assert (job.state, job.face) == (JobState.CANCELLED, None)


def test_past_its_deadline_a_job_expires(records: Records) -> None:
    """Given a deadline gone by / If a stage is to start / Then the job is expired, with a code, and nothing ran."""
    records.redis.hset(keys.job(JOB), "deadline", "1")
    perception = Delivery()

    assert perception.deliver() == "ignored"
    job = records.read(JOB)
    assert job.state is JobState.EXPIRED
    assert job.error is not None
    assert job.error["code"] == "deadline_exceeded"
    assert perception.calls == 0


def test_a_job_that_kills_its_workers_is_given_up(records: Records) -> None:
    """Given as many dead workers as allowed / Then the job fails as `stage_crashed` without another start."""
    for number in range(settings().stage_attempts):
        records.begin(JOB, Stage.PERCEPTION, f"dead-{number}", 3, take=True)
    perception = Delivery()

    assert perception.deliver() == "ignored"
    job = records.read(JOB)
    assert (job.state, perception.calls) == (JobState.FAILED, 0)
    assert job.error is not None
    assert job.error["code"] == "stage_crashed"


def test_a_stage_the_job_can_do_without_does_not_fail_it(records: Records) -> None:
    """Given a fallback / If the last stage crashes for good / Then the job succeeds with the fallback's output."""
    for which in (Stage.PERCEPTION, Stage.EXPERT, Stage.SEARCH):
        Delivery(which=which).deliver()
    for number in range(settings().stage_attempts):
        records.begin(JOB, Stage.GAN, f"dead-{number}", 3, take=True)
    seen: list[ExpertGlassesError] = []

    def fallback(error: ExpertGlassesError) -> Contract:
        seen.append(error)
        return OUTPUTS[Stage.GAN]

    assert Delivery(which=Stage.GAN, fallback=fallback).deliver() == "passed"
    assert records.read(JOB).state is JobState.SUCCEEDED
    assert [error.code for error in seen] == ["stage_crashed"]


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (NoFaceError(), "no_face"),
        (KeyError("her face"), "internal"),
    ],
    ids=["ours", "anything"],
)
def test_an_error_becomes_the_error_of_the_job(records: Records, raised: Exception, code: str) -> None:
    """A stable code for each kind; what an unexpected exception said stays in the log."""

    def pipeline(_: Work) -> Contract:
        raise raised

    assert Delivery(pipeline).deliver() == "ignored"
    job = records.read(JOB)
    assert (job.state, job.stages[Stage.PERCEPTION].state) == (JobState.FAILED, StageState.FAILED)
    assert job.error is not None
    assert job.error["code"] == code
    assert "her face" not in str(job.error)


@pytest.mark.parametrize(("worked", "becomes"), [(29.0, "ignored"), (1.0, "requeued")])
def test_a_limit_is_the_stages_fault_only_where_it_worked(
    records: Records, monkeypatch: pytest.MonkeyPatch, worked: float, becomes: str
) -> None:
    """Given the soft limit / Then who worked so long fails, and who waited for the broker before gets the message again."""
    clock = [0.0]
    monkeypatch.setattr(stages.time, "monotonic", lambda: clock[0])

    def pipeline(_: Work) -> Contract:
        clock[0] += worked
        raise SoftTimeLimitExceeded

    assert Delivery(pipeline).deliver() == becomes
    job = records.read(JOB)
    assert (job.error or {}).get("code") == ("stage_timed_out" if becomes == "ignored" else None)


def test_nothing_is_left_of_a_job_deleted_during_work(records: Records, config: Settings) -> None:
    """Given a deletion while a stage works / Then the image that the stage stored is removed again."""
    blobs = BlobStore.from_settings(config)

    def pipeline(work: Work) -> Contract:
        records.delete(JOB, 60)
        work.keep_image("face.png", b"image")
        return OUTPUTS[Stage.PERCEPTION]

    assert Delivery(pipeline).deliver() == "ignored"
    assert blobs.names(JOB) == []


@pytest.mark.parametrize("asked", ["read", "photo_job", "finish"])
@pytest.mark.parametrize("error", [redis.ConnectionError, SoftTimeLimitExceeded])
def test_without_the_broker_the_message_is_put_back(
    config: Settings,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    error: type[Exception],
) -> None:
    """Given a broker that is gone, or waited for until the limit strikes / Then the message goes back, nothing is lost."""
    lost = Records(records.redis)
    BlobStore.from_settings(config).put(JOB, "photo", b"a face")

    def gone(*_: Any) -> str:
        raise error

    def pipeline(work: Work) -> Contract:
        work.photos()
        return OUTPUTS[Stage.PERCEPTION]

    monkeypatch.setattr(lost, asked, gone)
    monkeypatch.setattr(stages, "_records", lambda: lost)
    perception = Delivery(pipeline)

    assert perception.deliver() == "requeued"
    monkeypatch.setattr(stages, "_records", lambda: records)
    assert perception.deliver() == "passed"
    assert records.read(JOB).stages[Stage.PERCEPTION].attempts == 2


def test_the_worker_that_writes_is_named(records: Records) -> None:
    """The record tells which worker holds a stage, so that its silence can be noticed."""
    Delivery().deliver()

    assert records.fields(JOB)[f"{Stage.PERCEPTION}.worker"] == workers.WORKER_ID


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_photos_that_nobody_needs_go_with_perception(
    config: Settings, records: Records, keeps: bool, fails: bool
) -> None:
    """Given three photos / When perception has ended, well or not / Then the first stays for try-on, if it is wished."""
    records.delete(JOB, 1)
    records.create(JOB, JobOptions(try_on=keeps), origin=Origin(photos=3))
    blobs = BlobStore.from_settings(config)
    sent = [b"a face", b"from the left", b"smiling"]
    for name, data in zip(photo_names(3), sent, strict=True):
        blobs.put(JOB, name, data)

    def pipeline(work: Work) -> Contract:
        assert work.photos() == sent
        if fails:
            raise NoFaceError
        return OUTPUTS[Stage.PERCEPTION]

    Delivery(pipeline).deliver()

    assert blobs.names(JOB) == (["photo"] if keeps else [])
