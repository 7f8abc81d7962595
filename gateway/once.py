"""`Idempotency-Key`: a request that is sent again makes nothing a second time.

What is remembered of a request is a salted hash, and the id of what it made; it goes when that goes, at the
latest after `idempotency_seconds`.
"""

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, cast

import redis

from shared.errors import (
    IdempotencyInFlightError,
    IdempotencyMismatchError,
    InvalidRequestError,
)
from shared.records import keys

_KEY = re.compile(r"^[!-~]{1,255}$")
_IN_FLIGHT_SECONDS = 60  # a process that dies over a request holds its key no longer


@dataclass(slots=True)
class Claim:
    """What an idempotency key stands for in one request.

    Attributes:
        place: Where it is remembered; nothing without a key.
        made: The id of what was made, by this request or the one it repeats.
        repeated: Whether it was made before.
        headers: What the answer is to tell.
    """

    place: str | None = None
    made: str = ""
    repeated: bool = False
    headers: dict[str, str] | None = None


@contextlib.contextmanager
def once(
    client: redis.Redis, tenant: str, key: str | None, parts: Iterable[bytes], seconds: int
) -> Iterator[Claim]:
    """Claim a key while something is made; who makes it says so in `made`, and its key is kept.

    Args:
        client: Where keys are remembered.
        tenant: Whose key it is.
        key: As the client sent it; without, nothing is remembered.
        parts: What the request asks for.
        seconds: How long it is remembered.

    Raises:
        InvalidRequestError: It is no key.
        IdempotencyInFlightError: The request before is not answered yet.
        IdempotencyMismatchError: The request before asked for something else.
    """
    if key is None:
        yield Claim()
        return
    if not _KEY.match(key):
        raise InvalidRequestError("Idempotency-Key must be 1 to 255 printable characters without blanks.")
    place = keys.once(tenant, hashlib.sha256(key.encode()).hexdigest())
    salt, asked = secrets.token_hex(16), list(parts)
    mark: dict[str, Any] = {"salt": salt, "digest": _digest(salt, asked)}
    if not client.set(place, json.dumps(mark), nx=True, ex=_IN_FLIGHT_SECONDS):
        yield _before(client, place, asked)
        return
    claim = Claim(place)
    try:
        yield claim
    except BaseException:
        with contextlib.suppress(redis.RedisError):
            client.delete(place)
        raise
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    mark |= {"made": claim.made, "until": until.timestamp()}
    client.set(place, json.dumps(mark), ex=seconds, xx=True)
    claim.headers = {"Idempotency-Expires": _date(until)}


def _before(client: redis.Redis, place: str, asked: list[bytes]) -> Claim:
    text = cast("str | None", client.get(place))
    found: dict[str, Any] = json.loads(text) if text else {}
    if found and found["digest"] != _digest(found["salt"], asked):
        raise IdempotencyMismatchError
    if "made" not in found:
        raise IdempotencyInFlightError
    until = datetime.fromtimestamp(found["until"], UTC)
    told = {"Idempotency-Expires": _date(until), "Idempotency-Replayed": "true"}
    return Claim(place, found["made"], repeated=True, headers=told)


def _digest(salt: str, parts: list[bytes]) -> str:
    """Each part with its length, so that no two requests run together."""
    hashed = hashlib.sha256(salt.encode())
    for part in parts:
        hashed.update(len(part).to_bytes(8))
        hashed.update(part)
    return hashed.hexdigest()


def _date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
