"""Mutated photos against the whole system: each is refused or becomes a job that ends; nothing falls over.

`EXPERTGLASSES_FUZZ=1000 pytest tests/acceptance/test_gateway_fuzz.py` is the full run.
"""

import os
import random
import struct
import zlib
from collections.abc import Callable

import requests
from PIL import Image
from skimage import data
from stack import RunningStack, encode

NUMBER = int(os.environ.get("EXPERTGLASSES_FUZZ", "60"))
# What the door may answer to any bytes, and what a job may end with that was not the service's fault.
REFUSALS = {413, 415, 422}
FAULTS = {"internal", "stage_crashed", "stage_timed_out", "blob_missing"}


def seeds() -> list[bytes]:
    """One face in each format and a few of their kinds."""
    face = Image.fromarray(data.astronaut()).resize((160, 160))
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        encode(face, quality=80),
        encode(face, quality=80, progressive=True, exif=exif),
        encode(face.convert("CMYK"), quality=70),
        encode(face.convert("L"), quality=70),
        encode(face, "PNG"),
        encode(face.convert("P"), "PNG"),
        encode(face.convert("RGBA"), "PNG", exif=exif),
        encode(face, "WEBP", quality=70, exif=exif),
        encode(face, "WEBP", lossless=True),
    ]


def flip(luck: random.Random, photo: bytearray) -> None:
    """A few bytes elsewhere, more often near the beginning, where the headers are."""
    for _ in range(luck.randint(1, 12)):
        most = len(photo) if luck.random() < 0.5 else min(len(photo), 700)
        photo[luck.randrange(most)] = luck.randrange(256)


def cut(luck: random.Random, photo: bytearray) -> None:
    """A piece is missing."""
    start = luck.randrange(len(photo))
    del photo[start : start + luck.randint(1, len(photo))]


def double(luck: random.Random, photo: bytearray) -> None:
    """A piece comes twice."""
    start = luck.randrange(len(photo))
    piece = photo[start : start + luck.randint(1, 3000)]
    photo[start:start] = piece


def extremes(luck: random.Random, photo: bytearray) -> None:
    """Lengths, counts and sizes that are nothing, negative or enormous."""
    at = luck.randrange(min(len(photo), 900))
    value = luck.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
    packed = struct.pack(luck.choice(("<I", ">I")), value)
    photo[at : at + 4] = packed


def shuffle(luck: random.Random, photo: bytearray) -> None:
    """Two pieces change places."""
    length = luck.randint(1, max(1, len(photo) // 4))
    one, other = (luck.randrange(max(1, len(photo) - length)) for _ in range(2))
    photo[one : one + length], photo[other : other + length] = (
        photo[other : other + length],
        photo[one : one + length],
    )


def repair(_luck: random.Random, photo: bytearray) -> None:
    """A PNG's checksums made right again, so that decoders look behind them."""
    if not photo.startswith(b"\x89PNG"):
        return
    at = 8
    while at + 12 <= len(photo):
        length = struct.unpack_from(">I", photo, at)[0]
        end = at + 8 + length
        if end + 4 > len(photo):
            return
        photo[end : end + 4] = struct.pack(">I", zlib.crc32(bytes(photo[at + 4 : end])))
        at = end + 4


MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (flip, cut, double, extremes, shuffle)


def mutated(number: int, found: list[bytes]) -> bytes:
    """The photo of this number: always the same."""
    luck = random.Random(number)
    photo = bytearray(luck.choice(found))
    for _ in range(luck.randint(1, 3)):
        if photo:
            luck.choice(MUTATIONS)(luck, photo)
    if luck.random() < 0.7:
        repair(luck, photo)
    return bytes(photo)


def test_no_mutated_photo_brings_anything_down(stack: RunningStack) -> None:
    """Given hundreds of broken photos / Then each is refused or its job ends without a fault of ours, and all workers live on."""
    found, jobs = seeds(), {}
    workers = stack.pids("workers.perception.tasks")
    for number in range(NUMBER):
        answer = stack.create(mutated(number, found), '{"generate": {"count": 0}}')
        assert answer.status_code == 202 or answer.status_code in REFUSALS, (number, answer.text)
        if answer.status_code == 202:
            jobs[number] = answer.json()["id"]

    ends = {number: stack.end_of(job, 300) for number, job in jobs.items()}

    assert ends, "no mutation got past the door: the workers were not tested"
    for number, job in ends.items():
        assert job["state"] in {"succeeded", "failed"}, (number, job["state"])
        assert not job["error"] or job["error"]["code"] not in FAULTS, (number, job["error"])
        assert job["stages"]["perception"]["attempts"] == 1, number
    assert stack.pids("workers.perception.tasks") == workers
    assert requests.get(f"{stack.url}/readyz", timeout=5).ok
