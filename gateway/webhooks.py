"""Webhooks: where to be told that a job has ended, what was told, and once more.

Messages are signed as Standard Webhooks says and delivered by `workers/webhooks`.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import Field

from gateway import cursors
from gateway.access import caller
from gateway.answers import Deliveries, DeliveryView, NewWebhook, Webhooks, WebhookView
from gateway.door import open_door
from gateway.reading import read_json, read_query
from gateway.spec import Scope, operation
from shared.contracts.base import Contract
from shared.errors import InvalidRequestError
from shared.records.hooks import HookEvent, Message, Signing, Webhook, new_secret

routes = Blueprint("webhooks", __name__, url_prefix="/v1/webhooks")
_OLD_SIGNS = timedelta(days=1)
_ENDS = (HookEvent.SUCCEEDED, HookEvent.FAILED, HookEvent.CANCELLED, HookEvent.EXPIRED)


class NewWebhookBody(Contract):
    """Where messages go, and which; all ends of jobs when no events are named."""

    url: str = Field(max_length=2000)
    events: tuple[HookEvent, ...] = Field(default=_ENDS, min_length=1, max_length=10)


class DeliveriesQuery(Contract):
    """Which page of how many."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: Annotated[str, Field(max_length=400)] | None = None


@routes.post("")
@operation(
    "A new webhook; its secret is told this once.",
    Scope.WEBHOOKS,
    {201: NewWebhook},
    name="createWebhook",
    creates=True,
    body={"application/json": NewWebhookBody},
    told={"Location": "The webhook."},
)
def create() -> Response:
    """Refused where its address may not be called."""
    door, asked = open_door(), read_json(request, NewWebhookBody)
    door.outbound.check(asked.url)
    made = door.hooks.create(caller().tenant, asked.url, asked.events)
    answer = jsonify({**_view(made), "secret": made.signing[0].secret})
    answer.status_code = 201
    answer.headers["Location"] = url_for("webhooks.read", webhook_id=made.id)
    return answer


@routes.get("")
@operation("Your webhooks.", Scope.WEBHOOKS, {200: Webhooks}, name="listWebhooks")
def listing() -> Response:
    """All of them; without their secrets."""
    return jsonify(webhooks=[_view(found) for found in open_door().hooks.all(caller().tenant)])


@routes.get("/<webhook_id>")
@operation("A webhook.", Scope.WEBHOOKS, {200: WebhookView}, name="readWebhook")
def read(webhook_id: str) -> Response:
    """Without its secret."""
    return jsonify(_view(_mine(webhook_id)))


@routes.delete("/<webhook_id>")
@operation("Remove a webhook and its log.", Scope.WEBHOOKS, {204: None}, name="deleteWebhook")
def delete(webhook_id: str) -> Response:
    """Nothing more is sent to it."""
    open_door().hooks.remove(caller().tenant, webhook_id)
    return Response(status=204)


@routes.post("/<webhook_id>/enable")
@operation(
    "Send again to a webhook that was disabled.", Scope.WEBHOOKS, {200: WebhookView}, name="enableWebhook"
)
def enable(webhook_id: str) -> Response:
    """A receiver that answered 410 disabled it."""
    enabled = _mine(webhook_id).model_copy(update={"disabled": None})
    open_door().hooks.write(enabled)
    return jsonify(_view(enabled))


@routes.post("/<webhook_id>/rotate")
@operation(
    "A new secret; the one before signs along for a day.",
    Scope.WEBHOOKS,
    {200: NewWebhook},
    name="rotateWebhook",
)
def rotate(webhook_id: str) -> Response:
    """Receivers take either signature, so none is lost on the way."""
    found = _mine(webhook_id)
    before = Signing(secret=found.signing[0].secret, until=datetime.now(UTC) + _OLD_SIGNS)
    rotated = found.model_copy(update={"signing": (Signing(secret=new_secret()), before)})
    open_door().hooks.write(rotated)
    return jsonify({**_view(rotated), "secret": rotated.signing[0].secret})


@routes.post("/<webhook_id>/test")
@operation("Send a message that tells of nothing.", Scope.WEBHOOKS, {202: DeliveryView}, name="testWebhook")
def test(webhook_id: str) -> Response:
    """Its type is `webhook.test`."""
    found = _mine(webhook_id)
    message = Message(
        id=f"msg_{secrets.token_hex(12)}",
        webhook=found.id,
        tenant=found.tenant,
        event=HookEvent.TEST,
        job=None,
        at=datetime.now(UTC),
    )
    open_door().hooks.post(message)
    return _accepted(message)


@routes.get("/<webhook_id>/deliveries")
@operation(
    "What was sent to a webhook, newest first, in pages; kept for eight days.",
    Scope.WEBHOOKS,
    {200: Deliveries},
    name="listDeliveries",
    query=DeliveriesQuery,
)
def deliveries(webhook_id: str) -> Response:
    """Each with its attempts."""
    query, found = read_query(request, DeliveriesQuery), _mine(webhook_id)
    try:
        before = float(cursors.decode(query.cursor)) if query.cursor else None
    except ValueError:
        raise InvalidRequestError("The cursor is none of this service.") from None
    page = open_door().hooks.log(found, query.limit, before)
    following = None
    if len(page) == query.limit:
        after = cursors.encode(repr(page[-1].at.timestamp()))
        following = url_for("webhooks.deliveries", webhook_id=found.id, limit=query.limit, cursor=after)
    return jsonify(deliveries=[_delivery(message) for message in page], next=following)


@routes.post("/<webhook_id>/deliveries/<message_id>/replay")
@operation("Send a message once more.", Scope.WEBHOOKS, {202: DeliveryView}, name="replayDelivery")
def replay(webhook_id: str, message_id: str) -> Response:
    """With the id it had, so that a receiver that knows it may leave it."""
    hooks = open_door().hooks
    return _accepted(hooks.replay(hooks.message(_mine(webhook_id), message_id)))


def _mine(webhook_id: str) -> Webhook:
    return open_door().hooks.read(caller().tenant, webhook_id)


def _accepted(message: Message) -> Response:
    answer = jsonify(_delivery(message))
    answer.status_code = 202
    return answer


def _view(webhook: Webhook) -> dict[str, Any]:
    told = webhook.model_dump(mode="json", include={"id", "url", "events", "created", "disabled"})
    names = {
        "self": "read",
        "deliveries": "deliveries",
        "test": "test",
        "rotate": "rotate",
        "enable": "enable",
    }
    where = {name: url_for(f"webhooks.{route}", webhook_id=webhook.id) for name, route in names.items()}
    return {**told, "links": where}


def _delivery(message: Message) -> dict[str, Any]:
    told = message.model_dump(mode="json", include={"id", "event", "job", "at", "state", "attempts"})
    again = url_for("webhooks.replay", webhook_id=message.webhook, message_id=message.id)
    return {**told, "links": {"replay": again}}
