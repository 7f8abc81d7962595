"""Finds what a dead process left behind: jobs without a worker, jobs past their deadline, files past their time.

Runs in every worker, one at a time by a lock. Whatever it does may be done twice without harm.
"""

from typing import cast

import redis

from shared import workers
from shared.blobs import BlobStore
from shared.broker import make_app, submit
from shared.contracts import STAGES, TERMINAL, JobState, Stage, StageState
from shared.errors import DeadlineExceededError
from shared.records import Records, keys
from shared.settings import settings
from shared.telemetry import logger

log = logger(__name__)

_UNHEARD_SECONDS = (
    5.0  # a waiting stage whose queue is empty and that nobody touched for so long has no message
)
_ORPHAN_SECONDS = 8 * 24 * 3600  # older than the longest retention


def sweep(client: redis.Redis) -> None:
    """One round, unless another sweeper is at it."""
    config = settings()
    if not client.set(keys.SWEEPER, workers.WORKER_ID, nx=True, px=int(config.sweep_seconds * 900)):
        return
    records = Records(client)
    for job_id in records.active():
        _rescue(records, job_id)
    _drop_expired_files(client)


def _now(client: redis.Redis) -> float:
    seconds, micros = client.time()
    return seconds + micros / 1e6


def _rescue(records: Records, job_id: str) -> None:
    """Bring one job that has not ended back on its way, or to its end."""
    fields = records.fields(job_id)
    if not fields or fields.get("state") in TERMINAL:
        records.redis.zrem(keys.ACTIVE, job_id)
        return
    now = _now(records.redis)
    if now > float(fields["deadline"]):
        records.end(job_id, JobState.EXPIRED, DeadlineExceededError())
        return
    which = next(
        (s for s in STAGES if fields[f"{s}.state"] in {StageState.WAITING, StageState.RUNNING}), None
    )
    if which is None or not _stranded(records.redis, fields, which, now):
        return
    if records.strand(job_id, which, fields["touched"]):
        log.warning(
            "stage_stranded", job=job_id, stage=str(which), attempts=fields.get(f"{which}.attempts", "0")
        )
        submit(make_app(), job_id, which)
        # It has waited its turn before: to the end that workers take from.
        records.redis.lmove(which, which, "LEFT", "RIGHT")


def _stranded(client: redis.Redis, fields: dict[str, str], which: Stage, now: float) -> bool:
    if fields[f"{which}.state"] == StageState.RUNNING:
        silent = not workers.alive(client, fields[f"{which}.worker"])
        too_long = now - float(fields[f"{which}.started"]) > settings().stage_hard_seconds + 5
        return silent or too_long
    unheard = now - float(fields["touched"]) > _UNHEARD_SECONDS
    return unheard and client.llen(str(which)) == 0


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
