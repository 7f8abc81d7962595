"""Promises of the job API that need the whole system."""

import json
from typing import Any

import requests
from stack import RunningStack, portrait


def job_of(stack: RunningStack, photo: bytes, **options: Any) -> dict[str, Any]:
    """A job that has ended well."""
    created = stack.create(photo, json.dumps(options))
    assert created.status_code == 202, created.text
    job = stack.end_of(created.json()["id"])
    assert job["state"] == "succeeded", job["error"]
    return job


def test_the_same_photo_versions_and_seed_give_the_same_answer(stack: RunningStack) -> None:
    """Two jobs: equal faces, wishes, reasons, frames and designs, bit for bit, from equal versions, all of them named."""
    photo, generate = portrait(), {"count": 1, "seed": 4711}
    one, other = (job_of(stack, photo, generate=generate) for _ in range(2))

    for part in ("face", "wish", "explanation", "matches", "provenance"):
        assert one[part] == other[part], part
    told = one["provenance"]
    assert told["software"]
    assert told["rules"]
    assert told["catalogue"].startswith("default@")
    assert told["models"]
    assert one["design"]["seed"] == other["design"]["seed"]
    pictures = [
        [
            requests.get(f"{stack.url}/v1/jobs/{job['id']}/images/{name}", timeout=30).content
            for name in job["images"]
        ]
        for job in (one, other)
    ]
    assert pictures[0] == pictures[1]


def test_strategies_can_be_compared_in_one_job(stack: RunningStack) -> None:
    """Two more beside the one that counts, each once, in the order they were asked for."""
    also = ["shape_only", "balanced", "standart", "shape_only"]
    job = job_of(stack, portrait(), strategy="balanced", also=also, limit=3, generate={"count": 0})

    matches = job["matches"]
    assert matches["strategy"] == "balanced"
    assert [other["strategy"] for other in matches["others"]] == ["shape_only", "standart"]
    assert all(len(found["matches"]) == 3 for found in (matches, *matches["others"]))
    alone = job_of(stack, portrait(), strategy="standart", limit=3, generate={"count": 0})
    assert alone["matches"]["matches"] == matches["others"][1]["matches"]


def test_an_edited_face_starts_at_the_rules(stack: RunningStack) -> None:
    """Perception is skipped, the edit is marked as the client's, the photo is the other job's, and so is the try-on."""
    first = job_of(stack, portrait(), generate={"count": 0})
    body = {"from_job": first["id"], "face": {"hair": "red"}, "options": {"limit": 2}}
    created = requests.post(f"{stack.url}/v1/jobs", json=body, timeout=30).json()
    edited = stack.end_of(created["id"])

    assert edited["stages"]["perception"]["state"] == "skipped"
    stated = {"value": "red", "confidence": 1.0, "evidence": "client", "reason": None, "probabilities": {}}
    assert edited["face"]["hair"] == stated
    assert edited["face"]["landmarks"] == first["face"]["landmarks"]
    assert edited["from_job"] == first["id"]
    frame = edited["matches"]["matches"][0]["frame"]
    worn = edited["links"]["try_on"].replace("{frame}", frame)
    assert requests.get(stack.url + worn, timeout=60).headers["Content-Type"] == "image/webp"


def test_a_frame_is_asked_why_not(stack: RunningStack) -> None:
    """A frame that is shown knows its rank; one that is not tells what it misses."""
    job = job_of(stack, portrait(), generate={"count": 0})
    first = job["matches"]["matches"][0]["frame"]
    told = requests.get(stack.url + job["links"]["why_not"].replace("{frame}", first), timeout=10).json()
    assert told["shown"] == 1
    frames = requests.get(f"{stack.url}/v1/frames?gender=male&limit=100", timeout=10).json()["frames"]
    shown = {m["frame"] for m in job["matches"]["matches"]}
    other = next(frame["id"] for frame in frames if frame["id"] not in shown and frame["gender"] == "male")
    told = requests.get(stack.url + job["links"]["why_not"].replace("{frame}", other), timeout=10).json()
    assert told["shown"] is None
    assert "gender" in told["excluded"]
    assert told["text"]
