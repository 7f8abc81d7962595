"""Webhooks: where a tenant wants to be told of ends of jobs, and every message with what became of it.

A job's end and its place in the list of ends are written by one script (`lua/prelude.lua`), so no end is lost.
A message is made of each; it waits in a sorted set by the time of its next attempt. Whoever takes it puts that
time a lease ahead first: if it dies, another takes it again, and the receiver knows it by its id.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

import redis

from shared.contracts.base import Contract
from shared.errors import DeliveryNotFoundError, WebhookNotFoundError
from shared.records import keys

_KEPT_SECONDS = 8 * 24 * 3600
_LOG_LENGTH = 1000
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1e6
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)
if due[1] then
  redis.call('ZADD', KEYS[1], string.format('%.3f', now + ARGV[1]), due[1])
end
return due[1]
"""


class HookEvent(StrEnum):
    """What a webhook may be told."""

    SUCCEEDED = "job.succeeded"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"
    EXPIRED = "job.expired"
    TEST = "webhook.test"


class Signing(Contract):
    """A secret in the form of Standard Webhooks, and until when it signs; without end when not given."""

    secret: str
    until: datetime | None = None


class Webhook(Contract):
    """Where to tell a tenant of the ends of its jobs.

    Attributes:
        id: Its id.
        tenant: Whose it is.
        url: Where messages go.
        events: Which are told.
        created: When, UTC.
        signing: The secret in force and, after a rotation, the one before.
        disabled: Why nothing is sent any more, where that is so.
    """

    id: str
    tenant: str
    url: str
    events: tuple[HookEvent, ...]
    created: datetime
    signing: tuple[Signing, ...]
    disabled: str | None = None

    def secrets(self) -> list[str]:
        """Those that sign now."""
        now = datetime.now(UTC)
        return [key.secret for key in self.signing if key.until is None or key.until > now]


class DeliveryState(StrEnum):
    """The life of a message."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # every attempt was in vain
    DROPPED = "dropped"  # the webhook was disabled or removed meanwhile


class Attempt(Contract):
    """One attempt: when, what the receiver answered (0: nothing), and what went wrong."""

    at: datetime
    status: int = 0
    problem: str | None = None


class Message(Contract):
    """A message and what became of it; it holds nothing of the face.

    Attributes:
        id: The same at each attempt; receivers know repetitions by it.
        webhook: The webhook it is for.
        tenant: Whose that is.
        event: What happened.
        job: To which job; nothing for a test.
        at: When it happened, UTC.
        state: How far it is.
        attempts: Each attempt so far.
        round: How many of them belong to rounds before this one: a replay begins anew.
    """

    id: str
    webhook: str
    tenant: str
    event: HookEvent
    job: str | None
    at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    round: int = 0

    def body(self) -> bytes:
        """What the receiver gets: thin, the job itself is to be read with a key."""
        data = {"id": self.job, "state": self.event.removeprefix("job.")} if self.job else {}
        told = {"type": str(self.event), "timestamp": self.at.isoformat(), "data": data}
        return json.dumps(told, separators=(",", ":")).encode()


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: 32 random bytes."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Hooks:
    """The webhooks and messages of one service.

    Args:
        client: Must decode responses. Its errors (`redis.RedisError`) pass through.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)

    # Webhooks ----------------------------------------------------------------------------------------

    def create(self, tenant: str, url: str, events: Sequence[HookEvent]) -> Webhook:
        """A new webhook."""
        made = Webhook(
            id=f"wh_{secrets.token_hex(12)}",
            tenant=tenant,
            url=url,
            events=tuple(events),
            created=datetime.now(UTC),
            signing=(Signing(secret=new_secret()),),
        )
        self.write(made)
        return made

    def write(self, webhook: Webhook) -> None:
        """Keep a webhook as it is now."""
        self._redis.hset(keys.hooks_of(webhook.tenant), webhook.id, webhook.model_dump_json())

    def read(self, tenant: str, webhook_id: str) -> Webhook:
        """A tenant's webhook.

        Raises:
            WebhookNotFoundError: There is none, or it is another's.
        """
        text = cast("str | None", self._redis.hget(keys.hooks_of(tenant), webhook_id))
        if text is None:
            raise WebhookNotFoundError
        return Webhook.model_validate_json(text)

    def all(self, tenant: str) -> list[Webhook]:
        """A tenant's webhooks, oldest first."""
        texts = cast("dict[str, str]", self._redis.hgetall(keys.hooks_of(tenant))).values()
        return sorted(map(Webhook.model_validate_json, texts), key=lambda found: found.created)

    def remove(self, tenant: str, webhook_id: str) -> None:
        """Remove a webhook and its log.

        Raises:
            WebhookNotFoundError: There is none, or it is another's.
        """
        if not self._redis.hdel(keys.hooks_of(tenant), webhook_id):
            raise WebhookNotFoundError
        log = keys.deliveries(webhook_id)
        messages = cast("list[str]", self._redis.zrange(log, 0, -1))
        self._redis.delete(log, *map(keys.message, messages))

    # Messages ----------------------------------------------------------------------------------------

    def post(self, message: Message) -> None:
        """Put a new message on its way; one that is known already stays as it is."""
        key, log = keys.message(message.id), keys.deliveries(message.webhook)
        if not self._redis.set(key, message.model_dump_json(), ex=_KEPT_SECONDS, nx=True):
            return
        pipe = self._redis.pipeline()
        pipe.zadd(log, {message.id: message.at.timestamp()})
        pipe.zremrangebyrank(log, 0, -_LOG_LENGTH - 1)
        pipe.expire(log, _KEPT_SECONDS)
        pipe.zadd(keys.HOOKS_DUE, {message.id: 0})
        pipe.expire(keys.HOOKS_DUE, _KEPT_SECONDS)
        pipe.execute()

    def message(self, webhook: Webhook, message_id: str) -> Message:
        """A message of a webhook.

        Raises:
            DeliveryNotFoundError: There is none, or it is of another webhook.
        """
        found = self.find(message_id)
        if found is None or found.webhook != webhook.id:
            raise DeliveryNotFoundError
        return found

    def find(self, message_id: str) -> Message | None:
        """A message, if it is still there."""
        text = cast("str | None", self._redis.get(keys.message(message_id)))
        return Message.model_validate_json(text) if text else None

    def log(self, webhook: Webhook, limit: int, before: float | None = None) -> list[Message]:
        """Messages of a webhook, newest first, older than `before` (seconds of the epoch)."""
        newest = "+inf" if before is None else f"({before!r}"
        found = cast(
            "list[str]",
            self._redis.zrevrangebyscore(keys.deliveries(webhook.id), newest, "-inf", start=0, num=limit),
        )
        return [message for message in map(self.find, found) if message is not None]

    def replay(self, message: Message) -> Message:
        """Send a message once more, with all its attempts."""
        again = message.model_copy(update={"state": DeliveryState.PENDING, "round": len(message.attempts)})
        self._redis.set(keys.message(again.id), again.model_dump_json(), ex=_KEPT_SECONDS)
        self._redis.zadd(keys.HOOKS_DUE, {again.id: 0})
        self._redis.expire(keys.HOOKS_DUE, _KEPT_SECONDS)
        return again

    # Whoever delivers --------------------------------------------------------------------------------

    def gather(self) -> int:
        """Make messages of the ends of jobs that wait for it; how many were looked at."""
        texts = cast("list[str]", self._redis.lrange(keys.ENDED, 0, 99))
        for text in texts:
            end = json.loads(text)
            self._message_of(end)
            self._redis.lrem(keys.ENDED, 1, text)
        return len(texts)

    def _message_of(self, end: dict[str, str]) -> None:
        try:
            webhook = self.read(end["owner"], end["webhook"])
        except WebhookNotFoundError:
            return
        event = HookEvent(f"job.{end['state']}")
        if webhook.disabled is None and event in webhook.events:
            # Named after what it tells, so that it is made once however often its end is gathered.
            digest = hashlib.sha256(f"{webhook.id} {end['job']} {event}".encode()).hexdigest()
            at = datetime.fromtimestamp(float(end["at"]), UTC)
            self.post(
                Message(
                    id=f"msg_{digest[:24]}",
                    webhook=webhook.id,
                    tenant=webhook.tenant,
                    event=event,
                    job=end["job"],
                    at=at,
                )
            )

    def take(self, lease_seconds: float) -> str | None:
        """The id of a message that is due; nobody else takes it within the lease."""
        return cast("str | None", self._take(keys=[keys.HOOKS_DUE], args=[lease_seconds]))

    def settle(self, message: Message, next_in_seconds: float | None = None) -> None:
        """Keep what became of an attempt, and when the next is due; none when not given."""
        self._redis.set(keys.message(message.id), message.model_dump_json(), xx=True, keepttl=True)
        if next_in_seconds is None:
            self._redis.zrem(keys.HOOKS_DUE, message.id)
        else:
            seconds, micros = cast("Sequence[int]", self._redis.time())
            self._redis.zadd(keys.HOOKS_DUE, {message.id: seconds + micros / 1e6 + next_in_seconds})

    def forget(self, message_id: str) -> None:
        """A message that is no longer there is not due."""
        self._redis.zrem(keys.HOOKS_DUE, message_id)
