"""What lies in the queues: Celery's messages, each of which names one job.

Messages enter on the left and leave on the right. One that a worker has taken lies in the hash `unacked` until it is
acknowledged.
"""

import json
import re
from contextlib import suppress
from typing import cast

import redis

from shared.contracts import Stage

IN_HAND = "unacked"
# A chain's first message shows a tuple, the others a list.
_NAMED = re.compile(r"^[(\[]'([A-Za-z0-9_.-]+)',?[)\]]$")


def oldest(client: redis.Redis, stage: Stage) -> str | None:
    """The job whose message is taken next; `None` where none waits, or where it names no job."""
    message = cast("str | None", client.lindex(stage, -1))
    return _job(message) if message else None


def jobs(client: redis.Redis, stage: Stage) -> set[str]:
    """Every job with a message that waits in a stage's queue. Reads all of them."""
    waiting = cast("list[str]", client.lrange(stage, 0, -1))
    return {job for job in map(_job, waiting) if job}


def _job(message: str) -> str | None:
    # A queue may hold what is not ours; whoever takes it will say so.
    with suppress(ValueError, TypeError, KeyError):
        named = _NAMED.match(json.loads(message)["headers"]["argsrepr"])
        return named[1] if named else None
    return None
