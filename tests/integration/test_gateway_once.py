"""`Idempotency-Key`, lists, places in the queue: what a careful client relies on."""

import threading
from io import BytesIO
from typing import Any

import pytest
from bare_stages import OUTPUTS
from flask.testing import FlaskClient
from PIL import Image

from gateway.app import create_app
from gateway.intake import take_in
from shared.broker import connect
from shared.contracts import STAGES, JobState
from shared.errors import StoreUnavailableError
from shared.records import Records
from shared.settings import Settings

FACE = {"face": {"jawtype": "soft"}}


@pytest.fixture
def client(config: Settings) -> FlaskClient:
    """A client of the gateway."""
    return create_app(config).test_client()


@pytest.fixture
def records(config: Settings) -> Records:
    """The records as a worker sees them."""
    return Records(connect(config))


def photo(shade: str = "tan") -> bytes:
    """A small plain picture."""
    out = BytesIO()
    Image.new("RGB", (80, 80), shade).save(out, "JPEG")
    return out.getvalue()


def send(client: FlaskClient, key: str, data: bytes = b"", options: str = "{}", boundary: str = "b1") -> Any:
    """Send a photo with an idempotency key; each client makes its own boundary."""
    return client.post(
        "/v1/jobs",
        data={"photo": (BytesIO(data or photo()), "me.jpg"), "options": options},
        headers={"Idempotency-Key": key},
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def test_a_request_sent_again_makes_no_second_job(client: FlaskClient, records: Records) -> None:
    """Given a lost answer / If the client sends the same again / Then the same job, told as replayed, until a told time."""
    first, second = send(client, "order-1"), send(client, "order-1", boundary="b2")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json["id"] == second.json["id"]
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Idempotency-Expires"].endswith("GMT")
    assert records.count_active() == 1
    assert records.redis.llen("perception") == 1
    assert send(client, "order-2").json["id"] != first.json["id"]


@pytest.mark.parametrize("change", ["photo", "options"])
def test_the_same_key_for_another_request_is_told(client: FlaskClient, records: Records, change: str) -> None:
    """Another photo or other options under a used key: 422, and nothing is made."""
    send(client, "order-1")
    answer = (
        send(client, "order-1", photo("black"))
        if change == "photo"
        else send(client, "order-1", options='{"limit": 3}')
    )
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_mismatch")
    assert records.count_active() == 1


def test_the_same_key_while_the_first_is_answered_is_told(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a request in flight / If it is sent again meanwhile / Then 409, and once it is answered, its job."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> str:
        inside.set()
        assert go_on.wait(10)
        return take_in(*arguments)

    monkeypatch.setattr("gateway.jobs.take_in", slow)
    found: list[Any] = []
    first = threading.Thread(target=lambda: found.append(send(client.application.test_client(), "order-1")))
    first.start()
    assert inside.wait(10)

    meanwhile = send(client, "order-1")
    go_on.set()
    first.join()

    assert (meanwhile.status_code, meanwhile.json["code"]) == (409, "idempotency_in_flight")
    assert "Retry-After" in meanwhile.headers
    assert send(client, "order-1").json["id"] == found[0].json["id"]


def test_a_request_that_failed_may_be_sent_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a store that was full for a moment / Then the key is free, and the second request makes the job."""

    def full(*_: Any) -> str:
        raise StoreUnavailableError

    with monkeypatch.context() as patch:
        patch.setattr("gateway.jobs.take_in", full)
        assert send(client, "order-1").status_code == 503
    answer = send(client, "order-1")
    assert answer.status_code == 202
    assert "Idempotency-Replayed" not in answer.headers


def test_a_deleted_job_takes_its_key_along(client: FlaskClient, records: Records) -> None:
    """What is remembered of a photo, a salted hash, is gone with it."""
    job = send(client, "order-1").json
    assert list(records.redis.scan_iter("eg:once:*"))
    client.delete(job["links"]["self"])
    assert not list(records.redis.scan_iter("eg:once:*"))


def test_a_key_is_remembered_no_longer_than_its_job(client: FlaskClient, records: Records) -> None:
    """A minute of retention is a minute of memory."""
    send(client, "order-1", options='{"retention_seconds": 60}')
    (key,) = records.redis.scan_iter("eg:once:*")
    assert 0 < records.redis.ttl(key) <= 60


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "käse"])
def test_what_is_no_key_is_refused(client: FlaskClient, key: str) -> None:
    """Blank, too long, not printable ASCII."""
    answer = client.post("/v1/jobs", json=FACE, headers={"Idempotency-Key": key})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_request")


# Lists --------------------------------------------------------------------------------------------------


def listed(client: FlaskClient, path: str) -> list[str]:
    """All pages from `path` on, as ids."""
    found: list[str] = []
    following: str | None = path
    while following:
        page = client.get(following).json
        assert page is not None
        found += [job["id"] for job in page["jobs"]]
        following = page["next"]
    return found


def make(client: FlaskClient) -> str:
    """A job."""
    job = client.post("/v1/jobs", json=FACE).json
    assert job is not None
    return str(job["id"])


def test_jobs_are_listed_newest_first_in_pages(client: FlaskClient) -> None:
    """Each once, without results, to the end; a page in the middle does not shift when a new job comes."""
    made = [make(client) for _ in range(7)]
    assert listed(client, "/v1/jobs?limit=3") == made[::-1]

    first = client.get("/v1/jobs?limit=3").json
    assert first is not None
    make(client)
    assert listed(client, first["next"]) == made[::-1][3:]
    assert set(first["jobs"][0]) == {
        *("id", "state", "created", "started", "finished", "expires", "from_job", "links"),
    }


def test_jobs_of_one_moment_are_each_listed_once(client: FlaskClient, records: Records) -> None:
    """Given an index with equal times, as two gateways may write / Then pages of one still tell each once."""
    made = {make(client) for _ in range(5)}
    for job_id in made:
        records.redis.zadd("eg:jobs:local", {job_id: 1_800_000_000.5})
    found = listed(client, "/v1/jobs?limit=1")
    assert len(found) == 5
    assert set(found) == made


def test_jobs_are_filtered_by_state(client: FlaskClient, records: Records) -> None:
    """Only those asked for; the filter goes along to the next page."""
    made = [make(client) for _ in range(6)]
    for job_id in made[::2]:
        records.cancel(job_id)
    assert listed(client, "/v1/jobs?state=cancelled&limit=2") == made[::2][::-1]
    assert listed(client, "/v1/jobs?state=failed") == []


def test_a_job_that_is_gone_is_not_listed(client: FlaskClient, records: Records) -> None:
    """Deleted, or expired from Redis: it leaves the list, and the index."""
    kept, deleted, expired = make(client), make(client), make(client)
    client.delete(f"/v1/jobs/{deleted}")
    records.redis.delete(f"eg:job:{{{expired}}}")
    assert listed(client, "/v1/jobs") == [kept]
    assert records.redis.zcard("eg:jobs:local") == 1


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=eHg=", "cursor=MSAy", "limit=0", "limit=101", "state=lost", "page=2"]
)
def test_a_list_that_is_asked_for_wrongly(client: FlaskClient, query: str) -> None:
    """Cursors of nobody, pages too large, unknown states and parameters; a cursor that names nothing finds nothing."""
    answer = client.get(f"/v1/jobs?{query}")
    assert answer.json is not None
    assert answer.status_code == (200 if query == "cursor=MSAy" else 400)


# The queue ----------------------------------------------------------------------------------------------


def test_a_waiting_job_knows_its_place_and_how_long_it_may_take(config: Settings, records: Records) -> None:
    """Given stages that took 0.2 s each / Then the third job has two before it and an estimate; once ended, no place."""
    client = create_app(config).test_client()
    first = make(client)
    assert client.get(f"/v1/jobs/{first}").json["queue"] == {"position": 0, "estimate_seconds": None}  # type: ignore[index]
    for stage in STAGES:
        records.begin(first, stage, "worker", 3)
        records.finish(first, stage, OUTPUTS[stage], 0.2)
    assert client.get(f"/v1/jobs/{first}").json["queue"] is None  # type: ignore[index]
    jobs = [make(client) for _ in range(3)]

    fresh = create_app(config).test_client()
    places = [fresh.get(f"/v1/jobs/{job}").json["queue"] for job in jobs]  # type: ignore[index]

    assert [place["position"] for place in places] == [0, 1, 2]
    assert [place["estimate_seconds"] for place in places] == [0.6, 0.8, 1.0]
    assert records.read(first).state is JobState.SUCCEEDED
