"""Over HTTP, black box: a photo goes in, recommendations with reasons come out."""

import io
import json
import struct
import zlib

import numpy as np
import pytest
import requests
from PIL import Image
from skimage import data
from stack import RunningStack, encode, portrait


def test_a_photo_becomes_recommendations_with_reasons(stack: RunningStack) -> None:
    """Given a photo of a face, the job ends with the face, the wish, the reasons and six frames."""
    created = stack.create(portrait())
    assert created.status_code == 202, created.text
    assert created.headers["Location"] == created.json()["links"]["self"]

    job = stack.end_of(created.json()["id"])

    assert job["state"] == "succeeded", job
    assert job["face"]["gender"]["value"] == "female"
    assert len(job["wish"]["shape"]) == 31
    assert len(job["wish"]["color"]) == 15
    assert job["explanation"]["rules"]
    assert job["explanation"]["summary"]
    scores = [match["score"] for match in job["matches"]["matches"]]
    assert len(scores) == 6
    assert scores[0] == max(scores)  # the others are chosen to differ, too
    assert job["design"]["status"] == "drawn"
    assert job["design"]["images"] == ["design-0.png"]
    assert all(stage["state"] == "succeeded" and stage["attempts"] == 1 for stage in job["stages"].values())


def test_russian_and_options_are_honoured(stack: RunningStack) -> None:
    """Given language, strategy and limit, the answer follows them."""
    options = '{"language": "ru", "strategy": "standart", "limit": 3}'
    job = stack.end_of(stack.create(portrait(), options).json()["id"])
    assert job["matches"]["strategy"] == "standart"
    assert len(job["matches"]["matches"]) == 3
    assert "Ищите" in job["explanation"]["summary"]


def test_events_tell_every_step(stack: RunningStack) -> None:
    """Given a listener, the stream tells each stage once and closes after the end."""
    job_id = stack.create(portrait()).json()["id"]
    with requests.get(f"{stack.url}/v1/jobs/{job_id}/events", stream=True, timeout=30) as stream:
        lines = [line for line in stream.iter_lines(decode_unicode=True) if line[:6] in {"event:", "data: "}]
    events = [(kind[7:], json.loads(told[6:])) for kind, told in zip(lines[::2], lines[1::2], strict=True)]

    ended = [told["stage"] for kind, told in events if kind == "stage" and told["state"] == "succeeded"]
    assert ended == ["perception", "expert", "search", "gan"]
    assert events[-1][0] == "job"
    assert events[-1][1]["state"] == "succeeded"


def test_deletion_leaves_nothing(stack: RunningStack) -> None:
    """Given a finished job, deleting it removes record and files; afterwards it is gone (410)."""
    job_id = stack.create(portrait()).json()["id"]
    stack.end_of(job_id)
    assert requests.delete(f"{stack.url}/v1/jobs/{job_id}", timeout=10).status_code == 204
    assert requests.get(f"{stack.url}/v1/jobs/{job_id}", timeout=10).status_code == 410
    assert not list(stack.folder.glob(f"data/blobs/jobs/{job_id}/*"))


def test_a_photo_without_a_face_fails_with_advice(stack: RunningStack) -> None:
    """Given a photo of a coffee cup, the job fails with the code `no_face` and a sentence of advice."""
    job = stack.end_of(stack.create(encode(Image.fromarray(data.coffee()))).json()["id"])
    assert job["state"] == "failed"
    assert job["error"]["code"] == "no_face"
    assert job["error"]["advice"][0]["sentence"]


def _huge_png() -> bytes:
    """30,000 × 30,000 grey pixels in about a megabyte: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(1)
    rows = [packer.compress(bytes(30_001)) for _ in range(30_000)]
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    body = b"".join(rows) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _gif() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.fromarray(np.full((80, 80), shade, np.uint8)) for shade in (0, 200)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [
        pytest.param(b"this is no photo " * 50, 415, "unsupported_media", id="a text file named .jpg"),
        pytest.param(portrait()[:9000], 422, "photo_unreadable", id="a truncated JPEG"),
        pytest.param(
            encode(Image.new("RGB", (1, 1)), "PNG"), 422, "photo_too_few_pixels", id="a single pixel"
        ),
        pytest.param(_huge_png(), 422, "photo_too_many_pixels", id="a decompression bomb"),
        pytest.param(_gif(), 422, "photo_animated", id="an animation"),
    ],
)
def test_bad_photos_get_clear_problems(stack: RunningStack, photo: bytes, status: int, code: str) -> None:
    """Given rubbish, the door answers with a problem of a stable code, and the system lives on."""
    answer = stack.create(photo)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert requests.get(f"{stack.url}/readyz", timeout=5).ok


def test_unknown_job_and_wrong_option(stack: RunningStack) -> None:
    """Given an unknown job or a wrong option, the problem names it."""
    unknown = requests.get(f"{stack.url}/v1/jobs/job_nobody", timeout=5)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "job_not_found")
    wrong = stack.create(portrait(), '{"limit": 900}')
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_option")
    assert wrong.json()["errors"][0]["name"] == "limit"
