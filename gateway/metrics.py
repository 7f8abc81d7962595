"""`GET /metrics` for Prometheus: read from Redis at each scrape, so that every replica answers the same."""

import hmac
from collections.abc import Iterable, Iterator
from typing import cast

import redis
from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from gateway.door import open_door
from gateway.spec import Scope, operation
from shared import __version__, messages
from shared.contracts import STAGES, Stage
from shared.errors import NotFoundError
from shared.records import keys
from shared.records.counts import Counts, Histogram, read
from shared.workers import WorkerInfo, living, resident_bytes

routes = Blueprint("metrics", __name__)


@routes.get("/metrics")
@operation("Metrics for Prometheus; asks for its own token.", Scope.PUBLIC, {200: ("text/plain",)})
def metrics() -> Response:
    """All metrics, for who knows the token of the setting `metrics_token`; without that setting there are none."""
    door = open_door()
    token = door.config.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        # As if there were nothing here: whoever may not scrape need not know that others may.
        raise NotFoundError
    registry = CollectorRegistry()
    registry.register(House(door.client))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class House(Collector):
    """What Redis tells of queues, jobs and workers.

    Args:
        client: Must decode responses.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask Redis."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every family, freshly read."""
        yield InfoMetricFamily("expertglasses_build", "The software.", value={"version": __version__})
        yield _gauge("gateway_resident_bytes", "Memory of the answering gateway process.", resident_bytes())
        yield from self._redis_memory()
        yield from self._queues()
        yield from _counted(read(self._redis))
        yield from _workers(living(self._redis))

    def _redis_memory(self) -> Iterator[Metric]:
        told = cast("dict[str, int]", self._redis.info("memory"))
        yield _gauge("redis_used_bytes", "Memory that Redis uses.", told["used_memory"])
        yield _gauge("redis_limit_bytes", "Memory that Redis may use; 0: no limit.", told["maxmemory"])

    def _queues(self) -> Iterator[Metric]:
        yield _gauge("jobs_active", "Jobs that have not ended.", self._redis.zcard(keys.ACTIVE))
        yield _gauge(
            "messages_in_hand", "Messages taken and not yet acknowledged.", self._redis.hlen(messages.IN_HAND)
        )
        depth = _family("queue_depth", "Messages waiting, by stage.", "stage")
        oldest = _family("queue_oldest_seconds", "How long the oldest message has waited, by stage.", "stage")
        now = _now(self._redis)
        for stage in STAGES:
            depth.add_metric([stage], self._redis.llen(stage))
            oldest.add_metric([stage], self._age_of_oldest(stage, now))
        yield depth
        yield oldest

    def _age_of_oldest(self, stage: Stage, now: float) -> float:
        """The message names its job, whose record tells since when."""
        job_id = messages.oldest(self._redis, stage)
        touched = job_id and cast("str | None", self._redis.hget(keys.job(job_id), "touched"))
        return max(0.0, now - float(touched)) if touched else 0.0


def _now(client: redis.Redis) -> float:
    seconds, micros = client.time()
    return seconds + micros / 1e6


def _family(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"expertglasses_{name}", says, labels=labels)


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"expertglasses_{name}", says, value=value)


def _counter(name: str, says: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    return CounterMetricFamily(f"expertglasses_{name}", says, labels=labels)


def _counted(counts: Counts) -> Iterator[Metric]:
    yield _histograms("stage_seconds", "Seconds that a stage worked.", counts.work)
    yield _histograms("stage_wait_seconds", "Seconds from a stage's message to its start.", counts.wait)
    jobs = HistogramMetricFamily("expertglasses_job_seconds", "Seconds from creation to the end of a job.")
    jobs.add_metric([], list(counts.jobs.buckets), counts.jobs.total)
    yield jobs
    ended = _counter("jobs_ended", "Jobs by final state and error code.", ("state", "code"))
    for labels, number in sorted(counts.ended.items()):
        ended.add_metric(labels, number)
    yield ended
    retries = _counter("stage_retries", "Second and later starts of a stage.", ("stage",))
    stranded = _counter("stage_stranded", "Stages whose worker vanished, sent again.", ("stage",))
    for stage in STAGES:  # zeros too: a rate needs a start
        retries.add_metric([stage], counts.retries.get(stage, 0))
        stranded.add_metric([stage], counts.stranded.get(stage, 0))
    yield retries
    yield stranded


def _histograms(name: str, says: str, by_stage: dict[str, Histogram]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(f"expertglasses_{name}", says, labels=("stage",))
    for stage, histogram in by_stage.items():
        family.add_metric([stage], list(histogram.buckets), histogram.total)
    return family


def _workers(found: list[WorkerInfo]) -> Iterator[Metric]:
    number = _family(
        "workers", "Living workers by stage and state: ready, loading or faulty.", "stage", "state"
    )
    for stage in STAGES:
        states = [_state(info) for info in found if info.stage == stage]
        for state in ("ready", "loading", "faulty"):
            number.add_metric([stage, state], states.count(state))
    resident = _family("worker_resident_bytes", "Memory of a worker and its children.", "stage", "worker")
    versions = _family("worker_version", "1 for each model, rule set or catalogue that a worker has loaded.",
                       "stage", "worker", "name", "version")  # fmt: skip
    for info in found:
        resident.add_metric([info.stage, info.id], info.resident)
        for name, version in info.versions.items():
            versions.add_metric([info.stage, info.id, name, version], 1)
    yield from (number, resident, versions)


def _state(info: WorkerInfo) -> str:
    if info.problem:
        return "faulty"
    return "ready" if info.ready else "loading"
