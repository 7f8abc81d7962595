"""`/metrics`: read from Redis, the same from every replica, for who knows the token."""

from collections.abc import Iterator

import pytest
from bare_stages import OUTPUTS
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from gateway.app import create_app
from shared import workers
from shared.broker import connect, make_app, submit
from shared.contracts import STAGES, JobOptions, JobState, Stage
from shared.errors import NoFaceError
from shared.records import Records
from shared.settings import Settings

TOKEN = {"Authorization": "Bearer scrape-me"}


@pytest.fixture
def watched(config: Settings) -> Settings:
    """Settings with a token for `/metrics`."""
    return config.model_copy(update={"metrics_token": SecretStr("scrape-me")})


@pytest.fixture
def door(watched: Settings) -> FlaskClient:
    """A gateway."""
    return create_app(watched).test_client()


@pytest.fixture
def records(watched: Settings) -> Records:
    """The records it reads."""
    return Records(connect(watched))


def samples(door: FlaskClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by name and label values (labels in alphabetical order), without those that belong to one process."""
    text = door.get("/metrics", headers=TOKEN).get_data(as_text=True)
    return {
        (sample.name.removeprefix("expertglasses_"), tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "gateway_resident" not in sample.name and "queue_oldest" not in sample.name
    }


def work(records: Records, job_id: str, stages: tuple[Stage, ...] = STAGES) -> None:
    """Bring a job through its stages, a quarter of a second each by its own word."""
    for stage in stages:
        records.begin(job_id, stage, "w", 3)
        records.finish(job_id, stage, OUTPUTS[stage], 0.2)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_without_the_token_there_is_nothing(door: FlaskClient, headers: dict[str, str]) -> None:
    """No token or a wrong one: 404, as for any address that does not exist."""
    answer = door.get("/metrics", headers=headers)

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_without_the_setting_no_token_opens_it(config: Settings) -> None:
    """An empty setting is not an empty password."""
    answer = create_app(config).test_client().get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 404


def test_stages_and_ends_are_counted_once(door: FlaskClient, records: Records) -> None:
    """Given two jobs, one well and one failed / Then work, waits and ends are counted, repeats are not."""
    records.create("job_1", JobOptions())
    work(records, "job_1")
    records.finish("job_1", Stage.GAN, OUTPUTS[Stage.GAN], 0.2)
    records.create("job_2", JobOptions())
    records.begin("job_2", Stage.PERCEPTION, "w", 3)
    for _ in range(2):
        records.end("job_2", JobState.FAILED, NoFaceError(), Stage.PERCEPTION)

    found = samples(door)

    assert found["jobs_ended_total", ("", "succeeded")] == 1
    assert found["jobs_ended_total", ("no_face", "failed")] == 1
    assert found["job_seconds_count", ()] == 2
    for stage in STAGES:
        assert found["stage_seconds_count", (stage,)] == 1
        assert found["stage_seconds_sum", (stage,)] == pytest.approx(0.2)
        assert found["stage_seconds_bucket", ("0.1", stage)] == 0
        assert found["stage_seconds_bucket", ("0.25", stage)] == 1
    assert found["stage_wait_seconds_count", ("perception",)] == 2


def test_retries_and_stranded_stages_are_counted(door: FlaskClient, records: Records) -> None:
    """Given a stage started twice and one sent again / Then each is told, and the others are zero."""
    records.create("job_1", JobOptions())
    records.begin("job_1", Stage.PERCEPTION, "one", 3)
    records.begin("job_1", Stage.PERCEPTION, "two", 3, take=True)
    records.strand("job_1", Stage.PERCEPTION, records.fields("job_1")["touched"])

    found = samples(door)

    assert found["stage_retries_total", ("perception",)] == 1
    assert found["stage_stranded_total", ("perception",)] == 1
    assert found["stage_retries_total", ("gan",)] == 0


def test_queues_tell_how_many_wait_and_since_when(
    door: FlaskClient, records: Records, watched: Settings
) -> None:
    """Given two jobs sent, the first long ago / Then the depth is two and the age is the first's."""
    app = make_app(watched)
    for number in (1, 2):
        records.create(f"job_{number}", JobOptions())
        submit(app, f"job_{number}")
    touched = float(records.fields("job_1")["touched"]) - 100
    records.redis.hset("eg:job:{job_1}", "touched", touched)

    text = door.get("/metrics", headers=TOKEN).get_data(as_text=True)

    ages = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "expertglasses_queue_oldest_seconds" and sample.labels["stage"] == "perception"
    ]
    assert samples(door)["queue_depth", ("perception",)] == 2
    assert 100 <= ages[0] < 160


@pytest.fixture
def worker(records: Records, watched: Settings) -> Iterator[None]:
    """A search worker that has loaded a catalogue."""
    workers.beat(records.redis, Stage.SEARCH, watched)
    workers.declare(records.redis, watched, {"catalogue default": "7"}, None)
    yield
    workers.leave(records.redis)


def test_workers_tell_their_versions_and_memory(door: FlaskClient, worker: None) -> None:
    """Given one ready worker / Then it is counted, with what it has loaded and the memory it takes."""
    found = samples(door)

    assert found["workers", ("search", "ready")] == 1
    assert found["workers", ("gan", "ready")] == 0
    assert found["worker_version", ("catalogue default", "search", "7", workers.WORKER_ID)] == 1
    assert found["worker_resident_bytes", ("search", workers.WORKER_ID)] > 1e6


def test_two_replicas_tell_the_same(door: FlaskClient, watched: Settings, records: Records) -> None:
    """Whatever a replica tells of jobs, another that never saw them tells too."""
    records.create("job_1", JobOptions())
    work(records, "job_1")

    ours, theirs = samples(door), samples(create_app(watched).test_client())

    alike = {key for key in ours if not key[0].startswith("redis_")}
    assert {key: ours[key] for key in alike} == {key: theirs[key] for key in alike}


def test_the_counts_expire(records: Records) -> None:
    """No key without an expiry, the counts included."""
    records.create("job_1", JobOptions())
    work(records, "job_1")

    assert records.redis.ttl("eg:metrics") > 0
