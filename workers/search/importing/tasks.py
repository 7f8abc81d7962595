"""Binds the import to its queue. It may take an hour, so it keeps clear of the queue that searches wait in."""

from functools import lru_cache
from typing import Any
from uuid import uuid4

import redis
import structlog
from celery.exceptions import Reject

from shared import workers
from shared.blobs import BlobStore
from shared.broker import connect, make_app
from shared.contracts import TERMINAL
from shared.errors import ImportNotFoundError, StageCrashedError
from shared.records import keys
from shared.records.imports import KEPT_SECONDS, QUEUE, TASK, Imports
from shared.settings import settings
from workers.search.importing.job import carry_out

app = make_app()

_SOFT_SECONDS, _HARD_SECONDS = 3500, 3600
_HELD_MS = 15_000  # so long after the last word of a worker its import is anybody's
_HEARD_SECONDS = 5.0
_AGAIN_SECONDS = 20


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return connect(patient=True)


@app.task(  # type: ignore[untyped-decorator]  # Celery ships no types
    name=TASK,
    bind=True,
    shared=False,
    max_retries=None,
    soft_time_limit=_SOFT_SECONDS,
    time_limit=_HARD_SECONDS,
)
def run(task: Any, import_id: str) -> None:
    """Import once, however often the message comes: an import outlasts the time after which it is sent again."""
    with structlog.contextvars.bound_contextvars(job=import_id, stage=QUEUE):
        try:
            done = _once(import_id)
        except redis.RedisError as error:
            raise Reject(type(error).__name__, requeue=True) from error
        if not done:
            raise task.retry(countdown=_AGAIN_SECONDS)


def _once(import_id: str) -> bool:
    """Import, unless it has ended; False while another worker is at it."""
    records = Imports(_client())
    try:
        if records.read(import_id).state in TERMINAL:
            return True
    except ImportNotFoundError:
        return True
    lock, token = f"{keys.import_(import_id)}:held", uuid4().hex
    if not _client().set(lock, token, nx=True, px=_HELD_MS):
        return False
    heart = workers.Repeating("import", _HEARD_SECONDS, lambda client: client.pexpire(lock, _HELD_MS))
    heart.start()
    try:
        if _attempts(import_id) > settings().stage_attempts:
            records.fail(import_id, StageCrashedError("The import never came back."))
        else:
            carry_out(import_id, records, BlobStore.from_settings(settings()))
    except ImportNotFoundError:
        return True
    finally:
        heart.stop()
        _client().delete(lock)
    return True


def _attempts(import_id: str) -> int:
    """How often it was begun, this time included: a table that kills its worker must not do so for ever."""
    key = f"{keys.import_(import_id)}:attempts"
    pipe = _client().pipeline()
    pipe.incr(key)
    pipe.expire(key, KEPT_SECONDS)
    return int(pipe.execute()[0])
