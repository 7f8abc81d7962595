"""A broker that takes requests and never answers, and tasks that are no JSON."""

import pickle
import socket
import threading
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import SecretStr
from werkzeug.test import TestResponse

from gateway.app import create_app
from shared.broker import connect, make_app
from shared.settings import Settings

_PATIENCE_SECONDS = 30  # far above what the door takes; the claim is that it comes back by itself


@pytest.fixture
def hanging() -> Iterator[str]:
    """A broker that accepts, reads and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                kept.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    server.close()
    for connection in kept:
        connection.close()


@pytest.fixture
def client(config: Settings, hanging: str) -> FlaskClient:
    """A gateway whose broker hangs."""
    return create_app(config.model_copy(update={"redis_url": SecretStr(hanging)})).test_client()


def test_a_broker_that_hangs_is_told_as_one(client: FlaskClient, config: Settings) -> None:
    """Each way to ask: 503 with Retry-After instead of a request that hangs along; no photo is left behind."""
    out = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(out, "JPEG")
    asked = time.monotonic()
    answers = [
        client.post("/v1/jobs", data={"photo": (BytesIO(out.getvalue()), "x")}),
        client.post("/v1/jobs", json={"face": {}}, headers={"Idempotency-Key": "1"}),
        client.get("/v1/jobs/job_0"),
        client.get("/v1/jobs"),
        client.get("/v1/webhooks"),
        client.delete("/v1/jobs/job_0"),
    ]
    assert time.monotonic() - asked < _PATIENCE_SECONDS
    for answer in answers:
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (503, "broker_unavailable")
        assert "Retry-After" in answer.headers
    assert not [path for path in config.data_dir.rglob("*") if path.is_file()]
    assert client.get("/livez").status_code == 200


def test_a_full_broker_is_told_as_one(config: Settings) -> None:
    """Given a Redis at its limit of memory / Then 503 and no photo left behind; with room again, all is well."""
    client, broker = create_app(config).test_client(), connect(config)
    out = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(out, "JPEG")

    def send() -> TestResponse:
        return client.post("/v1/jobs", data={"photo": (BytesIO(out.getvalue()), "x")})

    broker.config_set("maxmemory-policy", "noeviction")
    broker.config_set("maxmemory", "1")
    try:
        answer = send()
    finally:
        broker.config_set("maxmemory", "0")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (503, "broker_unavailable")
    assert "Retry-After" in answer.headers
    assert not [path for path in config.data_dir.rglob("*") if path.is_file()]
    assert send().status_code == 202


class Bomb:
    """Runs a command of the attacker's where it is unpickled."""

    def __init__(self, marker: str) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        """What pickle calls."""
        return open, (self.marker, "w")


def test_a_task_that_is_a_pickle_is_never_opened(config: Settings) -> None:
    """Shown first: unpickling it runs the attacker's call. Then: no worker of ours accepts anything but JSON."""
    marker = config.data_dir / "owned"
    attack = pickle.dumps(Bomb(str(marker)))
    pickle.loads(attack).close()
    assert marker.exists()

    app = make_app(config)
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    marker.unlink()
    with app.connection_for_write() as connection, connection.channel() as channel:
        producer = connection.Producer(channel, serializer="json")
        producer.publish(
            attack,
            routing_key="perception",
            content_type="application/x-python-serialize",
            content_encoding="binary",
        )
    refused = []
    with app.connection_for_read() as connection:
        queue = (
            app.amqp.queues["perception"]
            if "perception" in app.amqp.queues
            else app.amqp.queues.select_add("perception")
        )
        with app.amqp.TaskConsumer(
            connection.default_channel,
            queues=[queue],
            on_decode_error=lambda message, error: refused.append((message.ack(), type(error).__name__)),
        ):
            connection.drain_events(timeout=5)
    assert refused
    assert not marker.exists()
