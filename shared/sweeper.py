"""Finds what a dead process left behind: jobs without a worker, jobs past their deadline, files past their time.

Runs in every worker, one at a time by a lock. Whatever it does may be done twice without harm.
"""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import cast

import redis

from shared import messages, workers
from shared.blobs import BlobStore
from shared.broker import make_app, submit
from shared.contracts import STAGES, TERMINAL, JobState, Stage, StageState
from shared.errors import DeadlineExceededError
from shared.records import Records, keys
from shared.records.facts import facts
from shared.settings import settings
from shared.telemetry import logger

log = logger(__name__)

_UNHEARD_SECONDS = 5.0  # a waiting stage younger than this may have its message still to come
_ORPHAN_SECONDS = 8 * 24 * 3600  # older than the longest retention
_ASKED = ("state", "deadline", "touched",
          *(f"{stage}.{part}" for stage in STAGES for part in ("state", "worker", "started", "attempts")))  # fmt: skip


def sweep(client: redis.Redis) -> None:
    """One round, unless another sweeper is at it."""
    config = settings()
    if not client.set(keys.SWEEPER, workers.WORKER_ID, nx=True, px=int(config.sweep_seconds * 900)):
        return
    records = Records(client)
    queues = {stage: Queue(client, stage) for stage in STAGES}
    for job_id, fields in facts(client, records.active(), _ASKED):
        _rescue(records, queues, job_id, fields)
    _drop_expired_files(client)


class Queue:
    """What a stage's queue was seen to hold in one round.

    Args:
        client: Must decode responses.
        stage: Whose queue.
    """

    def __init__(self, client: redis.Redis, stage: Stage) -> None:
        self.client, self.stage = client, stage

    @cached_property
    def _next(self) -> float:
        """Since when the job waits that is next; infinity where none is, and 0 where that cannot be told."""
        if self.client.llen(self.stage) == 0:
            return math.inf
        job_id = messages.oldest(self.client, self.stage)
        return float((job_id and cast("str | None", self.client.hget(keys.job(job_id), "touched"))) or 0)

    @cached_property
    def _jobs(self) -> set[str]:
        return messages.jobs(self.client, self.stage)

    def lacks(self, job_id: str, since: float) -> bool:
        """Whether there is no message of a job that waits since then.

        Who came first is served first, so one look at the next in line tells that all is well. Only where a later job
        is next are all messages read: this one's was lost on a dead line, or lies in the hand of a worker that
        has done nothing with it.
        """
        return since < self._next and (self._next == math.inf or job_id not in self._jobs)


def _now(client: redis.Redis) -> float:
    seconds, micros = client.time()
    return seconds + micros / 1e6


def _rescue(records: Records, queues: Mapping[Stage, Queue], job_id: str, fields: Mapping[str, str]) -> None:
    """Bring one job that has not ended back on its way, or to its end."""
    if "state" not in fields or fields["state"] in TERMINAL:
        records.redis.zrem(keys.ACTIVE, job_id)
        return
    now = _now(records.redis)
    if now > float(fields["deadline"]):
        records.end(job_id, JobState.EXPIRED, DeadlineExceededError())
        return
    which = next(
        (s for s in STAGES if fields[f"{s}.state"] in {StageState.WAITING, StageState.RUNNING}), None
    )
    if which is None or not _stranded(queues[which], job_id, fields, now):
        return
    if records.strand(job_id, which, fields["touched"]):
        log.warning(
            "stage_stranded", job=job_id, stage=str(which), attempts=fields.get(f"{which}.attempts", "0")
        )
        submit(make_app(), job_id, which)
        # It has waited its turn before: to the end that workers take from.
        records.redis.lmove(which, which, "LEFT", "RIGHT")


def _stranded(queue: Queue, job_id: str, fields: Mapping[str, str], now: float) -> bool:
    which, touched = queue.stage, float(fields["touched"])
    if fields[f"{which}.state"] == StageState.RUNNING:
        silent = not workers.alive(queue.client, fields[f"{which}.worker"])
        too_long = now - float(fields[f"{which}.started"]) > settings().stage_hard_seconds + 5
        return silent or too_long
    return now - touched > _UNHEARD_SECONDS and queue.lacks(job_id, touched)


def _drop_expired_files(client: redis.Redis) -> None:
    """Photos and images go when their job's time is over, whoever crashed meanwhile."""
    due = cast("list[str]", client.zrangebyscore(keys.EXPIRY, 0, _now(client)))
    blobs = BlobStore.from_settings(settings())
    for job_id in due:
        blobs.delete(job_id)
        client.zrem(keys.EXPIRY, job_id)
    if client.set(f"{keys.SWEEPER}:orphans", "1", nx=True, ex=3600):
        for job_id in blobs.orphans(_ORPHAN_SECONDS):
            blobs.delete(job_id)
