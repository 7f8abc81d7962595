"""How many jobs are before a job, and how long it may take: from what stages took lately and who works now."""

import time
from typing import Any, cast

import redis

from shared.contracts import STAGES, TERMINAL, Job, Stage, StageState
from shared.records import counts, keys
from shared.workers import living

_FRESH_SECONDS = 5.0
_OPEN = {StageState.WAITING, StageState.RUNNING}


class Pace:
    """Seconds of work and number of ready workers by stage, asked anew every few seconds.

    Args:
        client: Where both are told.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._until = 0.0
        self._work: dict[Stage, float] = {}
        self._workers: dict[Stage, int] = {}

    def place(self, job: Job) -> dict[str, Any] | None:
        """`position` (jobs before it that have not ended) and `estimate_seconds`; nothing once it has ended."""
        if job.state in TERMINAL:
            return None
        before = cast("int | None", self._redis.zrank(keys.ACTIVE, job.id)) or 0
        return {"position": before, "estimate_seconds": self._estimate(job, before)}

    def _estimate(self, job: Job, before: int) -> float | None:
        """The jobs before pass through the slowest stage that is still ahead; then it is this one's turn."""
        if time.monotonic() > self._until:
            self._look()
        ahead = [stage for stage in STAGES if job.stages[stage].state in _OPEN]
        if not ahead or any(stage not in self._work for stage in ahead):
            return None
        slowest = max(self._work[stage] / max(1, self._workers.get(stage, 0)) for stage in ahead)
        return round(before * slowest + sum(self._work[stage] for stage in ahead), 2)

    def _look(self) -> None:
        told = counts.read(self._redis)
        number = {name: int(histogram.buckets[-1][1]) for name, histogram in told.work.items()}
        self._work = {Stage(n): told.work[n].total / count for n, count in number.items() if count}
        found = living(self._redis)
        self._workers = {s: sum(info.ready for info in found if info.stage == s) for s in STAGES}
        self._until = time.monotonic() + _FRESH_SECONDS
