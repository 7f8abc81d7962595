"""After a deletion, Redis, blob store and logs are searched for the photo, the face and everything made of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import redis
import requests
from PIL import Image
from skimage import data
from stack import RunningStack, encode

NAME = "anna-petrova-passport.jpg"
STREET = "Eagle Street 7"


def tagged_photo() -> bytes:
    """A real face, as no other test shows it, whose file tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = STREET
    mirrored = Image.fromarray(data.astronaut()).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return encode(mirrored.resize((487, 493)), quality=87, exif=exif)


def broker_of(stack: RunningStack) -> "redis.Redis":
    """The stack's own broker, as a worker is told of it."""
    environment = Path(f"/proc/{stack.pids('workers.expert.tasks')[0]}/environ").read_bytes().split(b"\0")
    named = dict(pair.decode().partition("=")[::2] for pair in environment if b"=" in pair)
    return redis.Redis.from_url(named["EXPERTGLASSES_REDIS_URL"])


def in_redis(client: "redis.Redis") -> Iterator[bytes]:
    """Every key and everything it holds, as bytes."""
    for key in cast("list[bytes]", client.keys("*")):
        yield key
        kind = cast("bytes", client.type(key)).decode()
        if kind == "string":
            yield cast("bytes", client.get(key)) or b""
        elif kind == "hash":
            yield from (part for pair in cast("Any", client.hgetall(key)).items() for part in pair)
        elif kind == "list":
            yield from cast("Any", client.lrange(key, 0, -1))
        elif kind == "set":
            yield from cast("Any", client.smembers(key))
        elif kind == "zset":
            yield from cast("Any", client.zrange(key, 0, -1))
        elif kind == "stream":
            yield from (
                part for _, entry in cast("Any", client.xrange(key)) for p in entry.items() for part in p
            )
        elif kind != "none":  # which has expired meanwhile
            raise AssertionError(f"{key!r} is a {kind}: the search does not know how to look into it")


def traces(stack: RunningStack, signs: dict[str, bytes]) -> set[tuple[str, str]]:
    """Where (`redis`, `blobs`, `logs`) which sign was found."""
    found = set()
    with broker_of(stack) as client:
        held = list(in_redis(client))
    files = [path for path in (stack.folder / "data" / "blobs").rglob("*") if path.is_file()]
    stored = [part for path in files for part in (path.read_bytes(), str(path).encode())]
    logs = [path.read_bytes() for path in (stack.folder / "data" / "logs").iterdir()]
    for place, texts in (("redis", held), ("blobs", stored), ("logs", logs)):
        found |= {(place, name) for name, sign in signs.items() if any(sign in text for text in texts)}
    return found


def signs_of(job: dict[str, Any], photo: bytes) -> dict[str, bytes]:
    """What can only come from this photo."""
    face = job["face"]
    middle = len(photo) // 2
    return {
        "photo": photo[middle : middle + 64],
        "landmark": ",".join(map(repr, face["landmarks"][100])).encode(),
        "box": f'"x":{face["box"]["x"]!r},"y":{face["box"]["y"]!r}'.encode(),
        "file name": NAME.encode(),
        "place": STREET.encode(),
    }


def test_nothing_is_found_after_a_deletion(stack: RunningStack) -> None:
    """Given a photo with try-ons and an edited second job / If it is deleted / Then no search finds any of it; before, one did."""
    photo = tagged_photo()
    created = stack.create(photo, '{"generate": {"count": 1, "seed": 7}}', NAME).json()
    job = stack.end_of(created["id"])
    assert job["state"] == "succeeded", job["error"]
    here, frame = f"{stack.url}/v1/jobs/{job['id']}", job["matches"]["matches"][0]["frame"]
    for path in ("photo", f"try-on/{frame}"):
        assert requests.get(f"{here}/{path}", timeout=60).ok
    edited = {"from_job": job["id"], "face": {"hair": "red"}}
    second = stack.end_of(requests.post(f"{stack.url}/v1/jobs", json=edited, timeout=30).json()["id"])
    worn = f"{stack.url}/v1/jobs/{second['id']}/try-on/{frame}"
    assert requests.get(worn, timeout=60).ok
    signs = signs_of(job, photo)
    signs |= {"job": job["id"].encode(), "second job": second["id"].encode()}
    before = traces(stack, signs)
    assert {
        ("redis", "landmark"),
        ("redis", "box"),
        ("redis", "job"),
        ("blobs", "photo"),
        ("blobs", "job"),
    } <= before
    # What may never be anywhere, deleted or not.
    assert not {name for place, name in before if name in {"file name", "place"}}
    assert not {name for place, name in before if place == "logs"} - {"job", "second job"}

    assert requests.delete(here, timeout=30).status_code == 204

    after = traces(stack, signs)
    # That these ids once were is told by a tombstone for an hour, and by the logs.
    assert after <= {(place, name) for place in ("redis", "logs") for name in ("job", "second job")}
    with broker_of(stack) as client:
        left = {
            key.decode()
            for key in client.keys("*")
            if job["id"].encode() in key or second["id"].encode() in key
        }
        assert left == {f"eg:job:{{{one['id']}}}:gone" for one in (job, second)}
    assert requests.get(worn, timeout=10).status_code == 410
