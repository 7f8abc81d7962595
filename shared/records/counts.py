"""Counts of what happened, kept in Redis beside the records, so that every gateway replica tells the same.

One hash holds them all, one field a number: `stage|perception|le|0.1`. They count up and are never read to
decide anything. The hash expires with the indexes, eight days after the last job; a reader of counters takes
their return to zero for a restart.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple, cast

import redis

from shared.contracts import JobState, Stage
from shared.records import keys

# Upper bounds in seconds: from an expert's answer (milliseconds) to the hard limit of a stage and beyond.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_KEPT_SECONDS = 8 * 24 * 3600
_SEPARATOR = "|"
_ENDLESS = "+Inf"


class Histogram(NamedTuple):
    """How many were at most each bound (cumulative, the last is `+Inf`), and the sum of all in seconds."""

    buckets: tuple[tuple[str, int], ...]
    total: float


class Counts(NamedTuple):
    """Everything counted.

    Attributes:
        work: Seconds a stage worked, by stage.
        wait: Seconds between a stage's message and its start, by stage.
        jobs: Seconds from creation to the end of a job.
        ended: Jobs by final state and error code (empty where there is none).
        retries: Second and later starts of a stage, by stage.
        stranded: Stages whose worker vanished and that were sent again, by stage.
    """

    work: dict[str, Histogram]
    wait: dict[str, Histogram]
    jobs: Histogram
    ended: dict[tuple[str, str], int]
    retries: dict[str, int]
    stranded: dict[str, int]


class Tally:
    """Counts into one pipeline, so that a transition costs one more round trip at most."""

    def __init__(self, pipe: "redis.client.Pipeline") -> None:
        self._pipe = pipe

    def stage_began(self, stage: Stage, waited: float, attempt: int) -> None:
        """A stage started, `waited` seconds after its message was sent."""
        self._observe(f"wait|{stage}", waited)
        if attempt > 1:
            self._add(f"retries|{stage}")

    def stage_done(self, stage: Stage, seconds: float) -> None:
        """A stage's output was written."""
        self._observe(f"work|{stage}", seconds)

    def stage_stranded(self, stage: Stage) -> None:
        """A stage was found without a worker."""
        self._add(f"stranded|{stage}")

    def job_ended(self, state: JobState, code: str, seconds: float) -> None:
        """A job reached its final state."""
        self._observe("jobs|", seconds)
        self._add(f"ended|{state}|{code}")

    def _add(self, field: str) -> None:
        self._pipe.hincrby(keys.METRICS, field, 1)
        self._pipe.expire(keys.METRICS, _KEPT_SECONDS)

    def _observe(self, name: str, seconds: float) -> None:
        bound = next((str(bound) for bound in BOUNDS if seconds <= bound), _ENDLESS)
        self._pipe.hincrbyfloat(keys.METRICS, f"{name}|sum", max(0.0, seconds))
        self._add(f"{name}|le|{bound}")


def read(client: redis.Redis) -> Counts:
    """All counts so far."""
    work: dict[str, dict[str, str]] = defaultdict(dict)
    wait: dict[str, dict[str, str]] = defaultdict(dict)
    jobs: dict[str, str] = {}
    counts = Counts({}, {}, _histogram({}), {}, {}, {})
    for field, value in cast("dict[str, str]", client.hgetall(keys.METRICS)).items():
        match field.split(_SEPARATOR):
            case ["work", stage, *rest]:
                work[stage][rest[-1]] = value
            case ["wait", stage, *rest]:
                wait[stage][rest[-1]] = value
            case ["jobs", _, *rest]:
                jobs[rest[-1]] = value
            case ["ended", state, code]:
                counts.ended[state, code] = int(value)
            case ["retries", stage]:
                counts.retries[stage] = int(value)
            case ["stranded", stage]:
                counts.stranded[stage] = int(value)
    return counts._replace(
        work={stage: _histogram(fields) for stage, fields in sorted(work.items())},
        wait={stage: _histogram(fields) for stage, fields in sorted(wait.items())},
        jobs=_histogram(jobs),
    )


def _histogram(fields: Mapping[str, str]) -> Histogram:
    seen, buckets = 0, []
    for bound in [*map(str, BOUNDS), _ENDLESS]:
        seen += int(fields.get(bound, 0))
        buckets.append((bound, seen))
    return Histogram(tuple(buckets), float(fields.get("sum", 0.0)))
