"""Frames for a photo with `requests`: create, follow the events, read, try on, delete."""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

URL = os.environ.get("EXPERTGLASSES_URL", "http://127.0.0.1:8080")
SESSION = requests.Session()
if key := os.environ.get("EXPERTGLASSES_KEY"):
    SESSION.headers["Authorization"] = f"Bearer {key}"


def create(photo: Path, options: dict[str, Any]) -> dict[str, Any]:
    """A new job; sent again with the same key after a lost answer, it would be the same job."""
    answer = SESSION.post(
        f"{URL}/v1/jobs",
        files={"photo": ("photo", photo.read_bytes())},  # the file's own name is nobody's business
        data={"options": json.dumps(options)},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        timeout=30,
    )
    return checked(answer)


def checked(answer: requests.Response) -> dict[str, Any]:
    """The body; a problem ends the program with its code and sentence."""
    body: dict[str, Any] = answer.json()
    if not answer.ok:
        sys.exit(f"{body['code']}: {body.get('detail', body['title'])}")
    return body


def events(path: str) -> Iterator[dict[str, Any]]:
    """What happens to a job, as it happens, until it ends; a stream that breaks is taken up where it broke."""
    last = "0"
    while True:
        with SESSION.get(f"{URL}{path}", headers={"Last-Event-ID": last}, stream=True, timeout=30) as stream:
            if stream.status_code == 204:
                return
            stream.raise_for_status()
            try:
                for line in stream.iter_lines(decode_unicode=True):
                    if line.startswith("id: "):
                        last = line[4:]
                    elif line.startswith("data: "):
                        yield json.loads(line[6:])
            except requests.ConnectionError:
                continue


def main(photo: Path) -> None:
    """Print what is found."""
    job = create(photo, {"limit": 3, "generate": {"count": 0}})
    for event in events(job["links"]["events"]):
        print(event.get("stage") or "job", event["state"])
    job = checked(SESSION.get(f"{URL}{job['links']['self']}", timeout=30))
    if job["state"] != "succeeded":
        sys.exit(f"{job['state']}: {job['error']}")
    print(job["explanation"]["summary"])
    for match in job["matches"]["matches"]:
        path = job["links"]["try_on"].replace("{frame}", match["frame"])
        worn = SESSION.get(f"{URL}{path}", timeout=30)
        print(f"{match['rank']}. {match['name']} ({match['score']:.3f}), worn: {len(worn.content)} bytes")
    SESSION.delete(f"{URL}{job['links']['self']}", timeout=30).raise_for_status()
    print("deleted")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
