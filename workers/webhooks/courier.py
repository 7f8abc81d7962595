"""Takes messages that are due and brings them to their receivers."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from shared.errors import ExpertGlassesError, WebhookNotFoundError
from shared.outbound import Outbound
from shared.records.hooks import Attempt, DeliveryState, Hooks, Message, Webhook
from shared.telemetry import logger

log = logger(__name__)

_SUCCESS = range(200, 300)
_GONE = 410
_LEASE_SECONDS = 30.0  # beyond the time of a receiver: nobody else takes a message that is on its way
_JITTER = 0.25


class Courier:
    """Delivers what is due.

    Args:
        hooks: Webhooks and messages.
        outbound: The way to receivers.
        pauses: Seconds before each further attempt; with the last, the message has failed.
        patience_seconds: How long a receiver may take.
        spread: A number between 0 and 1 that scatters the pauses.
    """

    def __init__(
        self,
        hooks: Hooks,
        outbound: Outbound,
        pauses: Sequence[int],
        patience_seconds: float,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._hooks = hooks
        self._outbound = outbound
        self._pauses = tuple(pauses)
        self._patience = patience_seconds
        self._spread = spread

    def work(self) -> bool:
        """One step: gather ends of jobs, deliver one message; whether there was anything to do."""
        gathered = self._hooks.gather()
        message_id = self._hooks.take(self._patience + _LEASE_SECONDS)
        if message_id is not None:
            self._deliver(message_id)
        return bool(gathered) or message_id is not None

    def _deliver(self, message_id: str) -> None:
        message = self._hooks.find(message_id)
        if message is None:
            self._hooks.forget(message_id)
            return
        try:
            webhook = self._hooks.read(message.tenant, message.webhook)
        except WebhookNotFoundError:
            self._hooks.forget(message_id)
            return
        if webhook.disabled is not None:
            self._hooks.settle(message.model_copy(update={"state": DeliveryState.DROPPED}))
            return
        self._settle(webhook, message, self._attempt(webhook, message))

    def _attempt(self, webhook: Webhook, message: Message) -> Attempt:
        now, body = datetime.now(UTC), message.body()
        # Standard Webhooks: one signature a secret, so that a rotation loses no message.
        signed = [Signer(secret).sign(message.id, now, body.decode()) for secret in webhook.secrets()]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }
        try:
            status = self._outbound.post(webhook.url, body, headers, seconds=self._patience).status
        except ExpertGlassesError as error:
            return Attempt(at=now, problem=str(error))
        if status in _SUCCESS:
            return Attempt(at=now, status=status)
        return Attempt(at=now, status=status, problem=f"The receiver answered with status {status}.")

    def _settle(self, webhook: Webhook, message: Message, attempt: Attempt) -> None:
        done = message.model_copy(update={"attempts": (*message.attempts, attempt)})
        log.info("webhook_attempt", message=message.id, webhook=webhook.id, status=attempt.status)
        if attempt.problem is None:
            self._hooks.settle(done.model_copy(update={"state": DeliveryState.DELIVERED}))
            return
        if attempt.status == _GONE:
            self._hooks.write(webhook.model_copy(update={"disabled": "The receiver answered 410 Gone."}))
            self._hooks.settle(done.model_copy(update={"state": DeliveryState.FAILED}))
            return
        tried = len(done.attempts) - message.round
        if tried > len(self._pauses):
            self._hooks.settle(done.model_copy(update={"state": DeliveryState.FAILED}))
            return
        # Scattered, or all that failed together would come back together.
        scatter = 1 + _JITTER * (2 * self._spread() - 1)
        self._hooks.settle(done, self._pauses[tried - 1] * scatter)
