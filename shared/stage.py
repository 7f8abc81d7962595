"""The common part of all four workers: one decorator around a pure pipeline.

It asks the job record whether there is anything to do, runs the pipeline, writes the outcome once, and turns
errors into the job's error. A stage may be delivered twice, to two workers, or to one that dies: the job
never shows it.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import redis
import structlog
from celery import Celery, signals
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded

from shared import sweeper, tracing, workers
from shared.blobs import BlobStore, photo_names
from shared.broker import TASKS, connect
from shared.contracts import Job, JobState, Stage
from shared.contracts.base import Contract
from shared.errors import (
    DeadlineExceededError,
    ExpertGlassesError,
    JobGoneError,
    JobNotFoundError,
    StageCrashedError,
    StageTimedOutError,
    StoreUnavailableError,
)
from shared.records import Records, Verdict
from shared.settings import settings
from shared.telemetry import configure_logging, logger
from shared.watch import Watch

log = logger(__name__)

_SLACK_SECONDS = 10.0  # between the hard limit of a stage and the certainty that it will never come back

Prepare = Callable[[], Mapping[str, str]]
Fallback = Callable[[ExpertGlassesError], Contract]


@lru_cache(maxsize=1)
def _records() -> Records:
    return Records(connect(patient=True))


@lru_cache(maxsize=1)
def _blobs() -> BlobStore:
    return BlobStore.from_settings(settings())


class Work:
    """One stage of one job, as its pipeline sees it."""

    def __init__(self, job: Job, records: Records, blobs: BlobStore) -> None:
        self.job = job
        self._records = records
        self._blobs = blobs
        self.images: list[str] = []

    def photos(self) -> list[bytes]:
        """The photos as uploaded, which a job made from another has with that.

        Raises:
            BlobMissingError: They are no longer there.
        """
        try:
            place = self._records.photo_job(self.job.id)
        except SoftTimeLimitExceeded as error:  # the broker's fault, not the stage's
            raise redis.TimeoutError from error
        return [self._blobs.get(place, name) for name in photo_names(self.job.photos)]

    def keep_image(self, name: str, data: bytes) -> None:
        """Store an image that clients may fetch once the stage has ended well.

        Raises:
            StoreUnavailableError: The store is full or cannot be reached.
        """
        try:
            self._blobs.put(self.job.id, name, data)
        except OSError as error:
            raise StoreUnavailableError from error
        self.images.append(name)

    def check(self) -> None:
        """Between steps of long work: stop when the job was cancelled, deleted or has expired.

        Raises:
            Ignore: The work is no longer wanted.
        """
        if self._records.over(self.job.id):
            raise Ignore


def stage(
    app: Celery, which: Stage, *, prepare: Prepare, fallback: Fallback | None = None
) -> Callable[[Callable[[Work], Contract]], Any]:
    """Bind a pipeline to its queue.

    Args:
        app: The Celery application.
        which: The stage.
        prepare: Loads models, rules or catalogue in each child and returns their versions.
        fallback: For a stage the job can do without: what to write in place of an output when it fails.
    """
    _keep_house(which, prepare)

    def bind(pipeline: Callable[[Work], Contract]) -> Any:
        @app.task(name=TASKS[which], bind=True, shared=False)  # type: ignore[untyped-decorator]  # Celery ships no types
        def run(task: Any, job_id: str) -> None:
            carried = {name: task.request.get(name) for name in tracing.HEADERS if task.request.get(name)}
            with (
                structlog.contextvars.bound_contextvars(job=job_id, stage=str(which)),
                tracing.span(TASKS[which], carried, **{"expertglasses.job": job_id}),
            ):
                try:
                    _run(which, job_id, pipeline, fallback)
                except (redis.RedisError, SoftTimeLimitExceeded) as error:
                    # The broker outlasted our patience, or the limit of a stage that waited for it and did no work
                    # meanwhile: put the message back, whenever that is possible again.
                    raise Reject(type(error).__name__, requeue=True) from error

        return run

    return bind


def _run(which: Stage, job_id: str, pipeline: Callable[[Work], Contract], fallback: Fallback | None) -> None:
    records = _records()
    match _begin(records, job_id, which):
        case Verdict.DONE:
            return
        case Verdict.GO:
            started = time.perf_counter()
            outcome, images = _outcome(records, job_id, pipeline)
        case Verdict.LATE:
            records.end(job_id, JobState.EXPIRED, DeadlineExceededError())
            raise Ignore
        case Verdict.POISON:
            started = time.perf_counter()
            outcome, images = StageCrashedError(f"The {which} stage never came back."), []
        case Verdict.HELD | Verdict.ENDED | Verdict.GONE:
            raise Ignore
    if isinstance(outcome, ExpertGlassesError):
        log.info("stage_failed", code=outcome.code)
        if fallback is None:
            records.end(job_id, JobState.FAILED, outcome, which)
            _let_photo_go(records, job_id, which)
            raise Ignore
        outcome = fallback(outcome)
    seconds = time.perf_counter() - started
    written = records.finish(job_id, which, outcome, seconds, images)
    _let_photo_go(records, job_id, which)
    if written == "gone":
        _blobs().delete(job_id)
    if written in {"gone", "ended"}:
        raise Ignore
    log.info("stage_done", seconds=round(seconds, 4), written=written)


def _let_photo_go(records: Records, job_id: str, which: Stage) -> None:
    """Without try-on nobody needs a photo once perception has ended; it goes before the job does.

    With try-on only the first is needed.
    """
    if which is not Stage.PERCEPTION:
        return
    try:
        job = records.read(job_id)
    except (JobNotFoundError, JobGoneError):  # deleted meanwhile, and its files with it
        return
    for name in photo_names(job.photos)[1 if job.options.try_on else 0 :]:
        _blobs().remove(job_id, name)


def _begin(records: Records, job_id: str, which: Stage) -> Verdict:
    cap = settings().stage_attempts
    begun = records.begin(job_id, which, workers.WORKER_ID, cap)
    if begun.verdict is Verdict.HELD and not workers.alive(records.redis, begun.holder):
        begun = records.begin(job_id, which, workers.WORKER_ID, cap, take=True)
    return begun.verdict


def _outcome(
    records: Records, job_id: str, pipeline: Callable[[Work], Contract]
) -> tuple[Contract | ExpertGlassesError, list[str]]:
    """The pipeline's output and images, or the error it ended with."""
    try:
        work = Work(records.read(job_id), records, _blobs())
    except (JobNotFoundError, JobGoneError):  # deleted this very moment
        raise Ignore from None
    began = time.monotonic()
    try:
        return pipeline(work), work.images
    except SoftTimeLimitExceeded as error:
        if time.monotonic() - began < settings().stage_soft_seconds / 2:
            raise redis.TimeoutError from error  # most of its time went in waiting for the broker before
        return StageTimedOutError(), []
    except ExpertGlassesError as error:
        return error, []
    except (Ignore, redis.RedisError):
        raise
    except Exception:
        log.exception("stage_raised")
        return ExpertGlassesError("The service met a fault of its own; the operator's log tells more."), []


def _keep_house(which: Stage, prepare: Prepare) -> None:
    """Hearts, sweepers and loading, bound to the life of the worker's processes."""
    threads: list[workers.Repeating] = []

    def set_up_logs(**_: Any) -> None:
        configure_logging(str(which))

    def start(**_: Any) -> None:
        config = settings()
        workers.beat(connect(), which, config)
        watch = Watch(which, config.stage_hard_seconds + _SLACK_SECONDS)
        threads.extend(
            [
                workers.Repeating("watch", config.heartbeat_seconds, watch.look),
                workers.Repeating(
                    "heart", config.heartbeat_seconds, lambda r: workers.beat(r, which, config)
                ),
                workers.Repeating("sweeper", config.sweep_seconds, sweeper.sweep),
            ]
        )
        for thread in threads:
            thread.start()

    def stop(**_: Any) -> None:
        for thread in threads:
            thread.stop()
        workers.leave(connect())

    def load(**_: Any) -> None:
        problem, versions = None, {}
        tracing.configure(str(which), settings().otlp_endpoint)
        try:
            versions = dict(prepare())
        except ExpertGlassesError as error:
            problem = str(error)
            log.error("not_ready", code=error.code, detail=problem)  # noqa: TRY400  the sentence is enough
        workers.declare(connect(patient=True), settings(), versions, problem)

    signals.setup_logging.connect(set_up_logs, weak=False)
    signals.worker_init.connect(
        lambda **_: workers.beat(connect(patient=True), which, settings()), weak=False
    )
    signals.worker_ready.connect(start, weak=False)
    signals.worker_process_init.connect(load, weak=False)
    signals.worker_shutdown.connect(stop, weak=False)
