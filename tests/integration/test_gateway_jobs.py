"""The life of a job over HTTP, on a real Valkey; the records move as a worker would move them."""

import threading
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from gateway.app import create_app
from shared.blobs import BlobStore, photo_names
from shared.broker import connect
from shared.contracts import Advice, AdviceCode, Face, JobState, Stage
from shared.records import Records
from shared.settings import Settings


def photo(kind: str = "JPEG", side: int = 80) -> bytes:
    """A small plain picture."""
    out = BytesIO()
    Image.new("RGB", (side, side), "tan").save(out, kind)
    return out.getvalue()


@pytest.fixture
def client(config: Settings) -> FlaskClient:
    """A client of the gateway."""
    return create_app(config, heartbeat_seconds=0.05).test_client()


@pytest.fixture
def records(config: Settings) -> Records:
    """The records as a worker sees them."""
    return Records(connect(config))


def create(client: FlaskClient, **headers: str) -> Any:
    """Send a photo."""
    return client.post("/v1/jobs", data={"photo": (BytesIO(photo()), "me.jpg")}, headers=headers)


def test_a_photo_becomes_a_queued_job(client: FlaskClient, config: Settings, records: Records) -> None:
    """Given a photo / If it is sent / Then record, blob and message are there, and every key of the record expires."""
    answer = create(client)

    job = answer.json
    assert (answer.status_code, job["state"]) == (202, "queued")
    assert answer.headers["Location"] == answer.headers["Operation-Location"] == job["links"]["self"]
    assert answer.headers["Retry-After"] == "1"
    assert BlobStore.from_settings(config).get(job["id"], "photo") == photo()
    assert records.redis.llen("perception") == 1
    keys = list(records.redis.scan_iter("eg:*"))
    assert keys
    assert all(records.redis.ttl(key) > 0 for key in keys)


def test_several_photos_of_one_person_are_one_job(
    client: FlaskClient, config: Settings, records: Records
) -> None:
    """Given three photos in one form / Then one job holds them in their order; its rerun looks at the same ones."""
    sent = [photo(side=side) for side in (80, 160, 200)]
    job = client.post("/v1/jobs", data={"photo": [(BytesIO(one), "me.jpg") for one in sent]}).json
    assert job is not None

    blobs = BlobStore.from_settings(config)
    assert (job["photos"], records.count_active()) == (3, 1)
    assert [blobs.get(job["id"], name) for name in photo_names(3)] == sent
    assert client.delete(job["links"]["self"]).status_code == 204
    assert blobs.names(job["id"]) == []


def test_too_many_photos_are_refused(client: FlaskClient, records: Records) -> None:
    """Given six photos, or a bad one among good ones / Then the error tells, and nothing is made."""
    six = {"photo": [(BytesIO(photo()), "me.jpg") for _ in range(6)]}
    answer = client.post("/v1/jobs", data=six)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_request")  # type: ignore[index]
    assert "at most 5" in answer.json["detail"]  # type: ignore[index]

    mixed = {"photo": [(BytesIO(photo()), "me.jpg"), (BytesIO(b"no photo"), "me.jpg")]}
    answer = client.post("/v1/jobs", data=mixed)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media")  # type: ignore[index]
    assert records.count_active() == 0


def test_a_stated_face_enters_at_the_expert(client: FlaskClient, records: Records) -> None:
    """Given attributes instead of a photo / Then perception is skipped and the expert's queue holds the job."""
    answer = client.post("/v1/jobs", json={"face": {"jawtype": "soft"}, "options": {"language": "ru"}})

    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["stages"]["perception"]["state"] == "skipped"
    assert answer.json["face"]["jawtype"]["value"] == "soft"
    assert (records.redis.llen("perception"), records.redis.llen("expert")) == (0, 1)


def test_a_poll_tells_what_is_new_and_only_that(client: FlaskClient, records: Records) -> None:
    """Given a job / If it has not moved, 304; if perception ends, its face with advice as a sentence."""
    url = create(client).json["links"]["self"]
    first = client.get(url)
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    job_id = url.rsplit("/", 1)[-1]

    records.begin(job_id, Stage.PERCEPTION, "worker", 3)
    face = Face(advice=(Advice(code=AdviceCode.SEVERAL_FACES, faces=2),))
    records.finish(job_id, Stage.PERCEPTION, face, 0.1)

    second = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.json is not None
    assert second.json["state"] == "running"
    assert "2 faces" in second.json["face"]["advice"][0]["sentence"]
    assert second.headers["Retry-After"] == "1"


def test_a_wait_ends_with_the_job(client: FlaskClient, records: Records) -> None:
    """Given a client that waits / If the job ends meanwhile / Then the answer is its end."""
    url = create(client).json["links"]["self"]
    end = threading.Timer(0.2, records.end, (url.rsplit("/", 1)[-1], JobState.CANCELLED))
    end.start()

    answer = client.get(url, headers={"Prefer": "wait=30"})

    end.join()
    assert answer.json is not None
    assert answer.json["state"] == "cancelled"
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert "Retry-After" not in answer.headers


def test_a_create_may_wait_too(client: FlaskClient) -> None:
    """If nobody works on the job, the wait ends and says that it was honoured."""
    assert create(client, Prefer="wait=1").headers["Preference-Applied"] == "wait=1"


def test_events_are_told_to_the_end_and_again_from_where_one_was(
    client: FlaskClient, records: Records
) -> None:
    """Given a cancelled job / Then its stream holds both events, resumes between them, and is 204 after them."""
    job = create(client).json
    records.cancel(job["id"])

    whole = client.get(job["links"]["events"]).text
    ids = [line[4:] for line in whole.splitlines() if line.startswith("id: ")]
    assert whole.count("event: job") == 2
    rest = client.get(job["links"]["events"], headers={"Last-Event-ID": ids[0]})
    assert rest.text.count("event: job") == 1
    assert '"cancelled"' in rest.text
    assert client.get(job["links"]["events"], headers={"Last-Event-ID": ids[1]}).status_code == 204


def test_a_silent_stream_shows_that_it_lives(client: FlaskClient, records: Records) -> None:
    """Given a job where nothing happens / Then comments come until it ends."""
    job = create(client).json
    end = threading.Timer(0.4, records.cancel, (job["id"],))
    end.start()

    text = client.get(job["links"]["events"]).text

    end.join()
    assert ": alive" in text
    assert text.rstrip().endswith("}")


def test_streams_are_bounded(config: Settings) -> None:
    """Given one place / If one listens / Then the second is 503, and comes in when the first has left."""
    client = create_app(config.model_copy(update={"max_streams": 1})).test_client()
    url = create(client).json["links"]["events"]
    first = client.get(url)

    second = client.get(url)
    assert second.json is not None
    assert (second.status_code, second.json["code"]) == (503, "too_many_streams")

    first.close()
    third = client.get(url)
    assert third.status_code == 200
    third.close()


def test_a_cancel_may_be_repeated_but_not_undo_an_end(client: FlaskClient, records: Records) -> None:
    """Cancelled twice is cancelled; a job that failed cannot be cancelled."""
    job = create(client).json
    assert client.post(job["links"]["cancel"]).status_code == 200
    assert client.post(job["links"]["cancel"]).status_code == 200

    other = create(client).json
    records.end(other["id"], JobState.FAILED)
    answer = client.post(other["links"]["cancel"])
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (409, "job_finished")


def test_a_deleted_job_leaves_only_that_it_was(
    client: FlaskClient, config: Settings, records: Records
) -> None:
    """If a job is deleted / Then photo, record and events are gone, every address of it is 410."""
    job = create(client).json

    assert client.delete(job["links"]["self"]).status_code == 204

    assert BlobStore.from_settings(config).names(job["id"]) == []
    assert list(records.redis.scan_iter(f"*{job['id']}*")) == [f"eg:job:{{{job['id']}}}:gone"]
    for answer in (
        client.get(job["links"]["self"]),
        client.get(job["links"]["events"]),
        client.delete(job["links"]["self"]),
    ):
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (410, "job_gone")


def test_images_of_stages_are_served_and_the_photo_is_not(
    client: FlaskClient, config: Settings, records: Records
) -> None:
    """Given a stage that made a picture / Then it comes with its type; the photo stays inside."""
    job = create(client).json
    BlobStore.from_settings(config).put(job["id"], "crop.png", photo("PNG"))
    records.begin(job["id"], Stage.PERCEPTION, "worker", 3)
    records.finish(job["id"], Stage.PERCEPTION, Face(), 0.1, ["crop.png"])

    answer = client.get(f"{job['links']['self']}/images/crop.png")

    assert (answer.content_type, answer.data) == ("image/png", photo("PNG"))
    for name in ("photo", "other.png"):
        refusal = client.get(f"{job['links']['self']}/images/{name}")
        assert refusal.json is not None
        assert refusal.json["code"] == "image_not_found"


def test_a_full_queue_takes_no_more(config: Settings) -> None:
    """Given room for one job / Then the second is asked to come again."""
    client = create_app(config.model_copy(update={"max_queued_jobs": 1})).test_client()
    assert create(client).status_code == 202

    answer = create(client)

    assert (answer.status_code, answer.json["code"]) == (503, "queue_full")
    assert "Retry-After" in answer.headers


def test_readiness_asks_and_says_what_is_missing(client: FlaskClient, records: Records) -> None:
    """Given broker and store but no worker / Then not ready, with the workers named as the cause."""
    answer = client.get("/readyz")

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    checks = answer.json["checks"]
    assert (checks["broker"]["ok"], checks["blobs"]["ok"], checks["workers"]["ok"]) == (True, True, False)
    for stage in Stage:
        records.redis.hset(f"eg:worker:{stage}", mapping={"stage": stage, "pid": 1, "ready": "1"})
        records.redis.zadd("eg:workers", {str(stage): 1})
    assert client.get("/readyz").status_code == 200


def test_a_wrong_redis_type_is_told_as_the_brokers_trouble(client: FlaskClient, config: Settings) -> None:
    """Given a broker that refuses a command / Then 503 and no photo is left behind."""
    connect(config).set("eg:expiry", "not a sorted set")

    answer = create(client)

    assert (answer.status_code, answer.json["code"]) == (503, "broker_unavailable")
    jobs = config.data_dir / "blobs" / "jobs"
    assert not list(jobs.iterdir())


def test_a_deadline_passes_without_any_worker(client: FlaskClient, records: Records) -> None:
    """Given a job that nobody works on / When its deadline has passed / Then a poll tells that it has expired, for good."""
    answer = client.post("/v1/jobs", json={"face": {}, "options": {"deadline_seconds": 5}})
    assert answer.json is not None
    job = answer.json
    assert client.get(job["links"]["self"]).json["state"] == "queued"  # type: ignore[index]
    records.redis.hincrbyfloat(f"eg:job:{{{job['id']}}}", "created", -7)

    told = client.get(job["links"]["self"]).json

    assert told is not None
    assert (told["state"], told["error"]["code"]) == ("expired", "deadline_exceeded")
    assert client.post(job["links"]["cancel"]).status_code == 409
    assert records.count_active() == 0
