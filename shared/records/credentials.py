"""Access keys: made, rotated, revoked and recognised. What is kept of a key is its SHA-256 alone.

A key is `eg_<id>_<secret>`. The secret has 256 random bits, so a plain hash of it cannot be guessed back.
"""

import hashlib
import hmac
import re
import secrets
import time
from datetime import UTC, datetime
from typing import cast

import redis
from pydantic import Field

from shared.contracts.base import Contract
from shared.errors import KeyNotFoundError
from shared.records import keys

_KEY = re.compile(r"^eg_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$")
_NOBODY = "0" * 64


class Hash(Contract):
    """The SHA-256 of a secret, and until when it opens (seconds of the epoch; without end when not given)."""

    sha256: str
    until: float | None = None


class Credential(Contract):
    """What is known of a key.

    Attributes:
        id: The part of the key that is no secret.
        tenant: Whose jobs it finds.
        scopes: What it may do.
        note: Whom it was given to.
        created: When, UTC.
        hashes: Of the secret in force and, after a rotation, of the one before.
    """

    id: str
    tenant: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    scopes: tuple[str, ...]
    note: str = Field(default="", max_length=200)
    created: datetime
    hashes: tuple[Hash, ...]

    def opens(self, secret: str) -> bool:
        """Whether this is its secret, compared in constant time."""
        given, now = sha256(secret), time.time()
        known = [hash_.sha256 for hash_ in self.hashes if hash_.until is None or hash_.until > now]
        return any([hmac.compare_digest(given, hash_) for hash_ in known])  # noqa: C419  every one, always


def sha256(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Credentials:
    """The keys of one service.

    Args:
        client: Must decode responses. Its errors (`redis.RedisError`) pass through.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def create(self, tenant: str, scopes: tuple[str, ...], note: str = "") -> tuple[Credential, str]:
        """A new key; its second form is the only time it can be read."""
        id_, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        made = Credential(
            id=id_,
            tenant=tenant,
            scopes=scopes,
            note=note,
            created=datetime.now(UTC),
            hashes=(Hash(sha256=sha256(secret)),),
        )
        self._write(made)
        return made, f"eg_{id_}_{secret}"

    def rotate(self, key_id: str, grace_seconds: float) -> str:
        """A new secret for a key; the one before opens for `grace_seconds` more.

        Raises:
            KeyNotFoundError: There is no such key.
        """
        found, secret = self._read(key_id), secrets.token_urlsafe(32)
        if found is None:
            raise KeyNotFoundError
        before = found.hashes[0].model_copy(update={"until": time.time() + grace_seconds})
        hashes = (Hash(sha256=sha256(secret)), before)
        self._write(found.model_copy(update={"hashes": hashes}))
        return f"eg_{key_id}_{secret}"

    def revoke(self, key_id: str) -> None:
        """End a key at once.

        Raises:
            KeyNotFoundError: There is no such key.
        """
        if not self._redis.hdel(keys.KEYS, key_id):
            raise KeyNotFoundError

    def all(self) -> list[Credential]:
        """Every key, oldest first."""
        texts = cast("dict[str, str]", self._redis.hgetall(keys.KEYS)).values()
        return sorted(map(Credential.model_validate_json, texts), key=lambda found: found.created)

    def recognise(self, key: str) -> Credential | None:
        """Whose key this is; `None` when nobody's."""
        parts = _KEY.match(key)
        if parts is None:
            return None
        found = self._read(parts[1])
        if found is None:
            hmac.compare_digest(sha256(parts[2]), _NOBODY)  # an unknown id takes as long as a wrong secret
            return None
        return found if found.opens(parts[2]) else None

    def _read(self, key_id: str) -> Credential | None:
        text = cast("str | None", self._redis.hget(keys.KEYS, key_id))
        return Credential.model_validate_json(text) if text else None

    def _write(self, credential: Credential) -> None:
        self._redis.hset(keys.KEYS, credential.id, credential.model_dump_json())
