"""What nobody should send, and a broker that is not there: a clear problem, and nothing left behind."""

import struct
import zlib
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import SecretStr
from werkzeug.test import TestResponse

from gateway.app import create_app
from shared.broker import connect
from shared.errors import all_errors
from shared.records import keys
from shared.settings import Settings


def picture(kind: str, side: int = 80) -> bytes:
    """A small plain picture."""
    out = BytesIO()
    Image.new("RGB", (side, side), "tan").save(out, kind)
    return out.getvalue()


def animation() -> bytes:
    """A GIF of two frames."""
    out = BytesIO()
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("tan", "black")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A black PNG of one bit a pixel: 900 million pixels in little more than 100 kB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def client(config: Settings) -> FlaskClient:
    """A client of a gateway that accepts at most a megabyte."""
    return create_app(config.model_copy(update={"max_upload_bytes": 1_000_000})).test_client()


def send(client: FlaskClient, data: bytes, options: str = "{}") -> TestResponse:
    """Send a photo."""
    return client.post("/v1/jobs", data={"photo": (BytesIO(data), "me.jpg"), "options": options})


def check(answer: TestResponse, status: int, code: str) -> None:
    """It is this problem, and a well-formed one."""
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert code in all_errors()
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        pytest.param(b"hello, I am no photo", 415, "unsupported_media", id="text"),
        pytest.param(b"", 415, "unsupported_media", id="empty"),
        pytest.param(picture("JPEG", 400)[:-200], 422, "photo_unreadable", id="truncated"),
        pytest.param(picture("PNG", 1), 422, "photo_too_few_pixels", id="1x1"),
        pytest.param(bomb(), 422, "photo_too_many_pixels", id="bomb"),
        pytest.param(animation(), 422, "photo_animated", id="animated"),
        pytest.param(picture("BMP"), 415, "unsupported_media", id="bmp"),
    ],
)
def test_a_bad_photo_is_refused_and_leaves_nothing(
    client: FlaskClient, config: Settings, data: bytes, status: int, code: str
) -> None:
    """Each bad photo gets its own problem; no record and no blob stay; a good one is accepted afterwards."""
    check(send(client, data), status, code)

    assert not list((config.data_dir / "blobs").rglob("*"))
    assert connect(config).zcard(keys.ACTIVE) == 0
    assert send(client, picture("JPEG")).status_code == 202


def test_a_wrong_option_is_named(client: FlaskClient) -> None:
    """An unknown option and a wrong value, both listed."""
    answer = send(client, picture("JPEG"), '{"limit": 1000, "colour": "red"}')

    check(answer, 422, "invalid_option")
    assert answer.json is not None
    assert {item["name"] for item in answer.json["errors"]} == {"limit", "colour"}


def test_too_large_a_body_is_refused(client: FlaskClient) -> None:
    """Beyond the cap by its declared length, and by its real length where none is declared."""
    check(send(client, bytes(1_100_000)), 413, "payload_too_large")
    endless = client.post(
        "/v1/jobs",
        input_stream=BytesIO(
            b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + bytes(1_100_000)
        ),
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"wsgi.input_terminated": True},
        headers={"Transfer-Encoding": "chunked"},
    )
    check(endless, 413, "payload_too_large")
    check(client.post("/v1/jobs", json={"face": {"race": "x" * 100_000}}), 413, "payload_too_large")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"--x\r\ngarbage", "multipart/form-data; boundary=x", 400, "invalid_request"),
        (b"garbage", "multipart/form-data", 400, "invalid_request"),
        (b"{", "application/json", 400, "invalid_request"),
        (b"\xff\xfe", "application/json", 400, "invalid_request"),
        (b"hello", "text/plain", 415, "unsupported_body"),
        (b"", None, 415, "unsupported_body"),
    ],
)
def test_a_body_that_is_none(
    client: FlaskClient, body: bytes, content_type: str | None, status: int, code: str
) -> None:
    """Broken forms, broken JSON, other media types."""
    check(client.post("/v1/jobs", data=body, content_type=content_type), status, code)


@pytest.mark.parametrize("path", ["", "/events", "/images/crop.png"])
@pytest.mark.parametrize("job_id", ["job_0", "..", "%00", "{x}", "*"])
def test_an_unknown_job_is_not_found(client: FlaskClient, job_id: str, path: str) -> None:
    """No id, however strange, finds anything."""
    answer = client.get(f"/v1/jobs/{job_id}{path}")

    assert answer.json is not None
    assert answer.json["code"] in {"job_not_found", "not_found"}
    assert answer.status_code == 404


def test_an_event_id_that_is_none(client: FlaskClient) -> None:
    """`Last-Event-ID` is checked before Redis sees it."""
    job = send(client, picture("JPEG")).json
    assert job is not None
    check(client.get(job["links"]["events"], headers={"Last-Event-ID": "$"}), 400, "invalid_request")


def test_without_a_broker_every_route_says_so(config: Settings) -> None:
    """Given no broker / Then 503 with Retry-After, no photo stays, and the process lives."""
    client = create_app(
        config.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    ).test_client()

    for answer in (
        send(client, picture("JPEG")),
        client.get("/v1/jobs/job_0"),
        client.delete("/v1/jobs/job_0"),
    ):
        check(answer, 503, "broker_unavailable")
        assert "Retry-After" in answer.headers
    check(client.get("/readyz"), 503, "not_ready")
    assert client.get("/livez").status_code == 200
    assert not [path for path in (config.data_dir / "blobs").rglob("*") if path.is_file()]


def test_without_a_store_a_photo_is_not_accepted(config: Settings) -> None:
    """Given a store that cannot be written / Then 503, and no record of a job without its photo."""
    (config.data_dir / "blobs").write_text("a file where the folder should be")
    client = create_app(config).test_client()

    check(send(client, picture("JPEG")), 503, "store_unavailable")

    assert connect(config).zcard(keys.ACTIVE) == 0


def test_a_misspelt_part_is_refused(client: FlaskClient) -> None:
    """Given `option` in place of `options`, the problem names it, and no job runs with options nobody asked for."""
    form = {"photo": (BytesIO(picture("PNG")), "photo"), "option": '{"limit": 1}'}
    answer = client.post("/v1/jobs", data=form, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "invalid_request"
    assert "option" in answer.get_json()["detail"]
