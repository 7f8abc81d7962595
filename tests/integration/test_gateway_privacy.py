"""What is kept of a photo, for how long, and with whose consent; photos that are fetched; nothing told of the inside."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bare_stages import OUTPUTS
from flask.testing import FlaskClient
from PIL import Image
from receiver import HOST, Receiver, certificate

from gateway.app import create_app
from shared.blobs import BlobStore
from shared.broker import connect
from shared.contracts import STAGES, JobOptions, JobState
from shared.outbound import Outbound
from shared.records import Records
from shared.settings import Settings

FACE = {"face": {"jawtype": "soft"}}
SECRET = b"Eagle Street 7"


def photo(side: int = 80, orientation: int = 1) -> bytes:
    """A small picture whose file tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    Image.new("RGB", (side, side // 2 + 40), "tan").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def client(config: Settings) -> FlaskClient:
    """A client of the gateway."""
    return create_app(config).test_client()


@pytest.fixture
def records(config: Settings) -> Records:
    """The records as a worker sees them."""
    return Records(connect(config))


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """A host of photos."""
    found = Receiver(certificate(tmp_path))
    yield found
    found.stop()


def send(client: FlaskClient, options: str = "{}", name: str = "me.jpg", **headers: str) -> Any:
    """Send a photo."""
    data = {"photo": (BytesIO(photo()), name), "options": options}
    return client.post("/v1/jobs", data=data, headers=headers)


# Photos -------------------------------------------------------------------------------------------------


def test_place_and_device_never_reach_the_store(client: FlaskClient, config: Settings) -> None:
    """Given a photo that tells where it was taken / Then no file of the store does, and the photo shown is bare."""
    assert SECRET in photo()
    job = send(client).json

    for path in config.data_dir.rglob("*"):
        assert not path.is_file() or SECRET not in path.read_bytes()
    shown = client.get(job["links"]["photo"])
    with Image.open(BytesIO(shown.data)) as image:
        assert not image.getexif()
        assert image.format == "JPEG"


def test_a_photo_held_sideways_is_shown_upright(client: FlaskClient) -> None:
    """Orientation is applied, then it is gone."""
    data = {"photo": (BytesIO(photo(160, orientation=6)), "me.jpg")}
    job = client.post("/v1/jobs", data=data).json
    assert job is not None
    with Image.open(BytesIO(client.get(job["links"]["photo"]).data)) as image:
        assert image.size == (120, 160)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "anna-petrova.jpg", "a\0b.jpg", "<script>.jpg", "x" * 5000]
)
def test_the_clients_file_name_is_nowhere(
    client: FlaskClient, config: Settings, records: Records, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in an answer, a path, Redis or a log line; it may tell who is on the photo, and it may lead elsewhere."""
    caplog.set_level(logging.DEBUG)
    answer = send(client, name=name)
    assert answer.status_code == 202
    shown = name.rsplit("/", maxsplit=1)[-1].strip("\0")[:40]
    everything = [answer.text, caplog.text, *map(str, config.data_dir.rglob("*"))]
    everything += [
        str(records.redis.hgetall(key)) for key in records.redis.scan_iter("eg:job:*", _type="hash")
    ]
    assert not any(shown in text for text in everything)
    folder = config.data_dir / "blobs" / "jobs" / answer.json["id"]
    assert [path.name for path in folder.iterdir()] == ["photo"]


# Retention ----------------------------------------------------------------------------------------------


def test_without_a_word_a_photo_stays_an_hour(client: FlaskClient) -> None:
    """The default retention."""
    job = send(client).json
    kept = datetime.fromisoformat(job["expires"]) - datetime.fromisoformat(job["created"])
    assert kept.total_seconds() == 3600


@pytest.mark.parametrize("way", ["poll", "wait", "create", "cancel"])
def test_without_retention_the_first_answer_that_tells_the_end_is_the_last(
    client: FlaskClient, config: Settings, records: Records, way: str
) -> None:
    """Given a job that keeps nothing / If its end was told / Then photo, record and results are gone."""
    options = '{"retention_seconds": 0}'
    if way == "create":
        ended = send(client, options, Prefer="wait=0")  # a wait that is none leaves it running
    job = (ended if way == "create" else send(client, options)).json
    assert client.get(job["links"]["self"]).status_code == 200
    if way == "cancel":
        told = client.post(job["links"]["cancel"])
    else:
        for stage in STAGES:
            records.begin(job["id"], stage, "worker", 3)
            records.finish(job["id"], stage, OUTPUTS[stage], 0.1)
        told = client.get(job["links"]["self"], headers={"Prefer": "wait=5"} if way == "wait" else {})

    assert told.json is not None
    assert told.json["state"] in {JobState.SUCCEEDED, JobState.CANCELLED}
    assert client.get(job["links"]["self"]).status_code == 410
    assert BlobStore.from_settings(config).names(job["id"]) == []
    assert list(records.redis.scan_iter(f"*{job['id']}*")) == [f"eg:job:{{{job['id']}}}:gone"]


def test_a_job_nobody_asks_for_goes_by_itself(client: FlaskClient, records: Records) -> None:
    """Without retention and without a reader: within a minute of its end."""
    job = send(client, '{"retention_seconds": 0}').json
    records.cancel(job["id"])
    assert 0 < records.redis.ttl(f"eg:job:{{{job['id']}}}") <= 60
    assert records.redis.zscore("eg:expiry", job["id"]) <= records.now() + 61


# Consent ------------------------------------------------------------------------------------------------


def test_consent_is_asked_for_where_the_operator_wants_it(config: Settings, records: Records) -> None:
    """Without it nothing is made; with it the time is in the record, and in that of a job made from it."""
    client = create_app(config.model_copy(update={"consent_required": True})).test_client()
    for answer in (send(client), client.post("/v1/jobs", json=FACE), send(client, '{"consent": false}')):
        assert (answer.status_code, answer.json["code"]) == (422, "consent_missing")  # type: ignore[index]
    assert records.count_active() == 0
    assert not list((config.data_dir / "blobs").rglob("photo"))

    job = send(client, '{"consent": true}').json
    assert abs((datetime.fromisoformat(job["consent"]) - datetime.now(UTC)).total_seconds()) < 60
    again = client.post(
        "/v1/jobs",
        json={"from_job": client.post("/v1/jobs", json={**FACE, "options": {"consent": True}}).json["id"]},
    )  # type: ignore[index]
    assert again.json is not None
    assert again.json["consent"]


def test_consent_is_recorded_when_told_and_not_made_up(client: FlaskClient) -> None:
    """Where nobody asks for it."""
    assert send(client).json["consent"] is None
    assert send(client, '{"consent": true}').json["consent"]


# Photos that are fetched --------------------------------------------------------------------------------


def fetching(config: Settings, receiver: Receiver) -> FlaskClient:
    """A gateway that fetches photos, and may call the receiver."""
    app = create_app(config.model_copy(update={"photo_url": True}))
    app.extensions["expertglasses"].outbound = Outbound([HOST], receiver.file, lambda *_: ["127.0.0.1"])
    return app.test_client()


def test_photos_are_not_fetched_unless_the_operator_says_so(client: FlaskClient) -> None:
    """The default: 403, and nothing is called."""
    answer = client.post("/v1/jobs", json={"photo_url": "https://example.org/me.jpg"})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (403, "photo_url_off")


def test_a_photo_is_fetched_checked_and_stripped(config: Settings, receiver: Receiver) -> None:
    """As if it had been sent."""
    receiver.body = photo()
    client = fetching(config, receiver)
    answer = client.post("/v1/jobs", json={"photo_url": f"{receiver.url}/me.jpg", "options": {"limit": 3}})
    assert answer.status_code == 202
    assert answer.json is not None
    stored = BlobStore.from_settings(config).get(answer.json["id"], "photo")
    assert SECRET not in stored
    assert stored[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"no photo", 200, (415, "unsupported_media")),
        (photo(), 404, (422, "address_silent")),
        (photo(), 302, (422, "address_silent")),
        (bytes(2_000_000), 200, (422, "address_refused")),
    ],
)
def test_what_an_address_gives_is_not_trusted(
    config: Settings, receiver: Receiver, body: bytes, status: int, expected: tuple[int, str]
) -> None:
    """No photo, an error, a redirect, too many bytes: told, and nothing is made."""
    receiver.body, receiver.statuses = body, [status]
    client = fetching(config.model_copy(update={"max_upload_bytes": 1_000_000}), receiver)
    answer = client.post("/v1/jobs", json={"photo_url": receiver.url})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == expected
    assert connect(config).zcard("eg:active") == 0


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "file:///etc/passwd"]
)
def test_the_inside_is_not_fetched(config: Settings, url: str) -> None:
    """Server-side request forgery by a photo's address."""
    client = create_app(config.model_copy(update={"photo_url": True})).test_client()
    answer = client.post("/v1/jobs", json={"photo_url": url})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "address_refused")


# Answers ------------------------------------------------------------------------------------------------


def test_an_answer_tells_nothing_of_the_inside(
    client: FlaskClient, config: Settings, records: Records
) -> None:
    """Records hold workers, keys and paths; no answer does."""
    job = send(client, '{"consent": true}', **{"Idempotency-Key": "order-1"}).json
    records.begin(job["id"], STAGES[0], "worker-of-the-inside-4711", 3)
    for path in ("/v1/jobs", job["links"]["self"], "/v1/jobs/x", "/readyz"):
        text = client.get(path).text
        for inner in (
            "worker-of-the-inside",
            str(config.data_dir),
            "eg:job",
            "photo_job",
            "Traceback",
            "redis://",
        ):
            assert inner not in text, path
    assert JobOptions().retention_seconds == 3600
