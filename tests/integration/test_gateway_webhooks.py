"""Webhooks from the end of a job to a real https receiver."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bare_stages import OUTPUTS
from flask.testing import FlaskClient
from receiver import HOST, Receiver, certificate
from standardwebhooks import Webhook as Verifier

from gateway.app import create_app
from shared.broker import connect
from shared.contracts import JobState, Stage
from shared.errors import NoFaceError
from shared.outbound import Outbound
from shared.records import Records, keys
from shared.records.hooks import HookEvent, Hooks
from shared.settings import Settings
from workers.webhooks import Courier

FACE = {"jawtype": "soft"}
_PATIENCE_SECONDS = 30


def here(_host: str, _port: int) -> list[str]:
    """Every name leads to this machine."""
    return ["127.0.0.1"]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Somebody who listens."""
    found = Receiver(certificate(tmp_path))
    yield found
    found.stop()


@pytest.fixture
def hooks(config: Settings) -> Hooks:
    """Webhooks as the courier sees them."""
    return Hooks(connect(config))


@pytest.fixture
def records(config: Settings) -> Records:
    """Records as workers see them."""
    return Records(connect(config))


@pytest.fixture
def client(config: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A gateway that may call the receiver."""
    app = create_app(config)
    app.extensions["expertglasses"].outbound = Outbound([HOST], receiver.file, here)
    return app.test_client()


@pytest.fixture
def courier(hooks: Hooks, receiver: Receiver) -> Courier:
    """One that tries three times, without pauses that a test would wait for."""
    return Courier(hooks, Outbound([HOST], receiver.file, here), (0, 0), 5)


@pytest.fixture
def hook(client: FlaskClient, receiver: Receiver) -> dict[str, Any]:
    """A webhook for all ends."""
    answer = client.post("/v1/webhooks", json={"url": f"{receiver.url}/told"})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def ended(client: FlaskClient, records: Records, hook: dict[str, Any]) -> Callable[..., str]:
    """A job with the webhook that has ended, cancelled or as told."""

    def make(how: Callable[[str], object] = records.cancel) -> str:
        body = {"face": FACE, "options": {"webhook": hook["id"]}}
        job = client.post("/v1/jobs", json=body).json
        assert job is not None
        how(job["id"])
        return str(job["id"])

    return make


def work(courier: Courier) -> None:
    """Until nothing is due."""
    while courier.work():
        continue


def deliveries(client: FlaskClient, hook: dict[str, Any]) -> list[dict[str, Any]]:
    """The log of a webhook."""
    answer = client.get(hook["links"]["deliveries"]).json
    assert answer is not None
    found: list[dict[str, Any]] = answer["deliveries"]
    return found


def test_an_end_is_told_signed_and_thin(
    client: FlaskClient,
    receiver: Receiver,
    hook: dict[str, Any],
    courier: Courier,
    ended: Callable[..., str],
) -> None:
    """The receiver's library accepts the signature; the body names job and state and nothing of the face."""
    job_id = ended()
    work(courier)

    ((path, headers, body),) = receiver.seen
    told = Verifier(hook["secret"]).verify(body, headers)
    assert path == "/told"
    assert told["type"] == "job.cancelled"
    assert told["data"] == {"id": job_id, "state": "cancelled"}
    assert set(told) == {"type", "timestamp", "data"}
    (delivery,) = deliveries(client, hook)
    assert delivery["state"] == "delivered"
    assert delivery["attempts"][0]["status"] == 200
    assert delivery["id"] == headers["webhook-id"]


def test_a_forged_or_changed_message_does_not_verify(
    receiver: Receiver, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """A byte of the body changed, another secret, an old time: the receiver's library refuses each."""
    ended()
    work(courier)
    ((_, headers, body),) = receiver.seen
    other = "whsec_" + "A" * 43 + "="
    for secret, sent, changes in (
        (hook["secret"], body.replace(b"cancelled", b"succeeded"), {}),
        (other, body, {}),
        (hook["secret"], body, {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}),
        (hook["secret"], body, {"webhook-id": "msg_other"}),
    ):
        with pytest.raises(Exception, match=r"signature|timestamp"):
            Verifier(secret).verify(sent, {**headers, **changes})


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled", "expired"])
def test_each_way_to_end_is_told(
    records: Records, receiver: Receiver, courier: Courier, ended: Callable[..., str], state: str
) -> None:
    """By a worker's last stage, a failing one, the sweeper, or the client; face and reasons of a failure stay inside."""

    def end(job_id: str) -> None:
        if state == "succeeded":
            records.begin(job_id, Stage.GAN, "worker", 3)
            records.finish(job_id, Stage.GAN, OUTPUTS[Stage.GAN], 0.1)
        elif state == "failed":
            records.end(job_id, JobState.FAILED, NoFaceError("a detail of the face"), Stage.PERCEPTION)
        else:
            records.end(job_id, JobState(state))

    ended(end)
    work(courier)

    ((_, _, sent),) = receiver.seen
    assert json.loads(sent)["type"] == f"job.{state}"
    assert b"face" not in sent
    assert b"soft" not in sent


def test_only_chosen_events_are_told(
    client: FlaskClient, receiver: Receiver, records: Records, courier: Courier
) -> None:
    """Given a webhook for successes / If a job is cancelled / Then nothing is sent."""
    made = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["job.succeeded"]}).json
    assert made is not None
    job = client.post("/v1/jobs", json={"face": FACE, "options": {"webhook": made["id"]}}).json
    assert job is not None
    records.cancel(job["id"])
    work(courier)
    assert receiver.seen == []


def test_a_receiver_that_fails_is_tried_again_with_the_same_id(
    client: FlaskClient, receiver: Receiver, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """Two errors, then success: three attempts in the log, one id for all."""
    receiver.statuses = [500, 302]
    ended()
    work(courier)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.seen}) == 1
    (delivery,) = deliveries(client, hook)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 302, 200]
    assert delivery["state"] == "delivered"


def test_pauses_grow_and_are_scattered(
    hooks: Hooks, receiver: Receiver, ended: Callable[..., str], config: Settings
) -> None:
    """Given a pause of 1000 s / Then the next attempt is due within a quarter around it, elsewhere for other luck."""
    due = []
    for luck in (0.0, 1.0):
        receiver.statuses = [500]
        ended()
        work(Courier(hooks, Outbound([HOST], receiver.file, here), (1000,), 5, lambda luck=luck: luck))
        redis = connect(config)
        ((message, at),) = redis.zrange(keys.HOOKS_DUE, 0, -1, withscores=True)
        seconds, _ = redis.time()
        due.append(at - seconds)
        redis.zrem(keys.HOOKS_DUE, message)
    assert 740 < due[0] < 760
    assert 1240 < due[1] < 1260


def test_after_the_last_attempt_it_has_failed_and_can_be_replayed(
    client: FlaskClient, receiver: Receiver, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """Three failures end it; a replay sends the same message with all its attempts anew."""
    receiver.statuses = [500, 500, 500]
    ended()
    work(courier)
    (delivery,) = deliveries(client, hook)
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", 3)

    receiver.statuses = [500]
    assert client.post(delivery["links"]["replay"]).status_code == 202
    work(courier)
    (delivery,) = deliveries(client, hook)
    assert (delivery["state"], len(delivery["attempts"])) == ("delivered", 5)
    assert len({body for _, _, body in receiver.seen}) == 1


def test_a_receiver_that_is_gone_is_disabled_until_enabled(
    client: FlaskClient, receiver: Receiver, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """410 once: nothing more is sent, what waits is dropped; enabled again, it is told again."""
    receiver.statuses = [410]
    ended()
    work(courier)
    told = client.get(hook["links"]["self"]).json
    assert told is not None
    assert "410" in told["disabled"]
    ended()
    client.post(hook["links"]["test"])
    work(courier)
    assert len(receiver.seen) == 1
    assert {delivery["state"] for delivery in deliveries(client, hook)} == {"failed", "dropped"}

    assert client.post(hook["links"]["enable"]).status_code == 200
    ended()
    work(courier)
    assert len(receiver.seen) == 2


def test_a_courier_that_dies_loses_nothing(
    client: FlaskClient, hooks: Hooks, receiver: Receiver, courier: Courier, ended: Callable[..., str]
) -> None:
    """Given a message that was taken and never settled / When its lease is over / Then another brings it."""
    ended()
    hooks.gather()
    taken = hooks.take(0.05)
    assert taken is not None
    assert receiver.seen == []
    until = time.monotonic() + _PATIENCE_SECONDS
    while not receiver.seen and time.monotonic() < until:
        courier.work()
    assert [headers["webhook-id"] for _, headers, _ in receiver.seen] == [taken]


def test_a_message_in_hand_is_taken_by_nobody_else(hooks: Hooks, ended: Callable[..., str]) -> None:
    """Two couriers, one message."""
    ended()
    hooks.gather()
    assert hooks.take(60) is not None
    assert hooks.take(60) is None


def test_a_rotated_secret_signs_beside_the_old_one(
    client: FlaskClient,
    receiver: Receiver,
    hook: dict[str, Any],
    courier: Courier,
    ended: Callable[..., str],
) -> None:
    """A receiver with either secret verifies for a day; after it only the new one does."""
    rotated = client.post(hook["links"]["rotate"]).json
    assert rotated is not None
    ended()
    work(courier)
    _, headers, body = receiver.seen[-1]
    for secret in (hook["secret"], rotated["secret"]):
        assert Verifier(secret).verify(body, headers)

    hooks = client.application.extensions["expertglasses"].hooks
    kept = hooks.read("local", hook["id"])
    late = kept.signing[1].model_copy(update={"until": kept.created - timedelta(days=1)})
    hooks.write(kept.model_copy(update={"signing": (kept.signing[0], late)}))
    ended()
    work(courier)
    _, headers, body = receiver.seen[-1]
    assert len(headers["webhook-signature"].split(" ")) == 1
    assert Verifier(rotated["secret"]).verify(body, headers)


def test_an_address_inside_is_refused_when_made_and_when_called(
    client: FlaskClient, config: Settings, hooks: Hooks, receiver: Receiver
) -> None:
    """Registering it is 422; a name that moves inside afterwards is refused at delivery and told in the log."""
    guarded = create_app(config).test_client()
    for url in ("https://127.0.0.1/", "http://example.org/", "https://169.254.169.254/latest", "ftp://x"):
        answer = guarded.post("/v1/webhooks", json={"url": url})
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (422, "address_refused"), url

    moved = hooks.create("local", receiver.url, [HookEvent.TEST])
    client.post(f"/v1/webhooks/{moved.id}/test")
    work(Courier(hooks, Outbound(ca_file=receiver.file, resolver=here), (), 5))
    (message,) = hooks.log(moved, 10)
    assert message.state == "failed"
    assert "not public" in str(message.attempts[0].problem)
    assert receiver.seen == []


def test_secrets_are_told_once(client: FlaskClient, hook: dict[str, Any]) -> None:
    """In the answer that makes it, never again."""
    assert hook["secret"].startswith("whsec_")
    for path in ("/v1/webhooks", hook["links"]["self"], hook["links"]["deliveries"]):
        assert "whsec_" not in client.get(path).text


def test_the_log_comes_in_pages(
    client: FlaskClient, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """Newest first, each once, to the end."""
    made = [ended() for _ in range(5)]
    work(courier)
    seen, path = [], f"{hook['links']['deliveries']}?limit=2"
    while path:
        page = client.get(path).json
        assert page is not None
        seen += [delivery["job"] for delivery in page["deliveries"]]
        path = page["next"]
    assert seen == made[::-1]


def test_a_removed_webhook_takes_its_log_along(
    client: FlaskClient, records: Records, hook: dict[str, Any], courier: Courier, ended: Callable[..., str]
) -> None:
    """Nothing of it is left in Redis, and what waits for it is not sent."""
    ended()
    work(courier)
    ended()
    assert client.delete(hook["links"]["self"]).status_code == 204
    work(courier)
    assert list(records.redis.scan_iter("eg:hooks*")) == []
    assert client.get(hook["links"]["self"]).status_code == 404


def test_an_unknown_webhook_is_a_wrong_option(client: FlaskClient) -> None:
    """Told when the job is made, not when it ends."""
    answer = client.post("/v1/jobs", json={"face": FACE, "options": {"webhook": "wh_" + "0" * 24}})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_option")
    assert answer.json["errors"][0]["name"] == "webhook"


def test_the_process_that_delivers(
    client: FlaskClient, config: Settings, receiver: Receiver, hooks: Hooks
) -> None:
    """Started as in production, by its settings alone, it tells the end of a job, and ends well when asked to."""
    made = hooks.create("local", f"https://localhost:{receiver.port}/told", [HookEvent.CANCELLED])
    told = {
        "REDIS_URL": config.redis_url.get_secret_value(),
        "OUTBOUND_PRIVATE_HOSTS": '["localhost"]',
        "OUTBOUND_CA_FILE": str(receiver.file),
    }
    environment = {**os.environ, **{f"EXPERTGLASSES_{name}": value for name, value in told.items()}}
    process = subprocess.Popen([sys.executable, "-m", "workers.webhooks"], env=environment)
    try:
        job = client.post("/v1/jobs", json={"face": FACE, "options": {"webhook": made.id}}).json
        assert job is not None
        client.post(job["links"]["cancel"])
        until = time.monotonic() + _PATIENCE_SECONDS
        while not receiver.seen and time.monotonic() < until:
            time.sleep(0.05)
        ((_, headers, body),) = receiver.seen
        assert Verifier(made.signing[0].secret).verify(body, headers)["data"]["id"] == job["id"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE_SECONDS) == 0
