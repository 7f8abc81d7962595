"""`expertglasses doctor`: each fault of an operator's system is told in words, with what to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import doctor as room
from cli.doctor import doctor
from shared import workers
from shared.broker import connect
from shared.contracts import STAGES, JobOptions, JobState, Stage
from shared.errors import StageCrashedError
from shared.records import Records, keys
from shared.settings import Settings, settings

ROOMS = ("models", "rules", "catalogue")  # what an image of the gateway does not hold


@pytest.fixture
def records(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """An empty Redis, read through the settings of this process; the rooms of the workers are not here."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(config.data_dir))
    monkeypatch.setattr(room, "_here", lambda _: False)
    settings.cache_clear()
    found = Records(connect(config))
    found.redis.config_set("appendonly", "yes")
    yield found
    found.redis.config_set("appendonly", "no")
    settings.cache_clear()


def serve(records: Records, stage: Stage, version: str = "1", problem: str = "", name: str = "") -> None:
    """A living worker of a stage."""
    name = name or f"{stage}-1"
    facts = {
        "stage": stage,
        "pid": 1,
        "ready": "0" if problem else "1",
        "problem": problem,
        "version.m": version,
    }
    records.redis.hset(keys.worker(name), mapping=facts)
    records.redis.zadd(keys.WORKERS, {name: records.now()})


def examine() -> tuple[int, dict[str, str]]:
    """Exit status and what was said, by check."""
    answer = CliRunner().invoke(doctor)
    return answer.exit_code, {line[6:].split(":")[0]: line for line in answer.stdout.splitlines()}


def test_a_whole_system_gets_a_clean_bill(records: Records) -> None:
    """Given a worker for each stage and an append-only file / Then all is well, and rooms not here are passed over."""
    for stage in STAGES:
        serve(records, stage)

    status, said = examine()

    assert status == 0, said
    assert not set(ROOMS) & set(said)
    assert "1 × gan" in said["workers"]


def test_a_stage_without_a_worker_is_named(records: Records) -> None:
    """Given no worker of the search / Then it says so, and how to start one."""
    for stage in set(STAGES) - {Stage.SEARCH}:
        serve(records, stage)

    status, said = examine()

    assert status == 1
    assert "No worker serves search" in said["workers"]
    assert "python -m workers search" in said["workers"]


def test_a_worker_that_lacks_something_tells_what(records: Records) -> None:
    """Given a worker without its model / Then its own words are shown."""
    for stage in STAGES:
        serve(records, stage, problem="A model is not installed." if stage is Stage.PERCEPTION else "")

    assert "perception can work: A model is not installed." in examine()[1]["workers"]


def test_workers_that_differ_are_named(records: Records) -> None:
    """Given two workers of a stage with two versions / Then both versions are told."""
    for stage in STAGES:
        serve(records, stage)
    serve(records, Stage.GAN, version="2", name="gan-2")

    assert "Workers of gan have different versions of m (1, 2)" in examine()[1]["workers"]


def test_a_redis_that_forgets_is_told(records: Records) -> None:
    """Given no append-only file and eviction / Then both are told, for each loses jobs."""
    records.redis.config_set("appendonly", "no")
    records.redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        said = examine()[1]["broker"]
    finally:
        records.redis.config_set("maxmemory-policy", "noeviction")

    assert "append-only file is off" in said
    assert "allkeys-lru" in said


def test_dead_letters_are_counted(records: Records) -> None:
    """Given a job that crashed its workers / Then it is told how to look and how to retry."""
    records.create("job_1", JobOptions())
    records.end("job_1", JobState.FAILED, StageCrashedError(), Stage.GAN)

    said = examine()[1]["dead letters"]

    assert "1 × stage_crashed" in said
    assert "jobs retry --dead" in said


def test_jobs_that_wait_long_name_the_stage_that_is_short(records: Records) -> None:
    """Given an old job and messages at perception / Then more workers of perception are advised."""
    records.create("job_1", JobOptions())
    records.redis.hset(keys.job("job_1"), "created", "1")
    records.redis.lpush(Stage.PERCEPTION, "message")

    assert "--scale perception=N" in examine()[1]["queues"]


def test_a_full_blob_store_is_told(records: Records, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given a data folder that is a file / Then nothing can be written, and it says where."""
    (tmp_path / "taken").write_text("a file where a folder should be")
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path / "taken"))
    settings.cache_clear()

    status, said = examine()

    assert status == 1
    assert "Nothing can be written" in said["blob store"]


@pytest.mark.parametrize(("told", "words"), [({"used_memory": 9, "maxmemory": 10}, "90% full"),
                                             ({"aof_enabled": 1, "aof_last_write_status": "err"}, "its disk")])  # fmt: skip
def test_a_redis_in_trouble_says_so(told: dict[str, Any], words: str) -> None:
    """Given what Redis tells of memory and disk / Then the sentence names the trouble."""
    assert words in " ".join(room._wrong_with_redis({"used_memory": 1, **told}))


def test_no_redis_at_all_is_one_sentence(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given nobody at the address / Then it says what to start."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()

    assert "expertglasses up" in examine()[1]["broker"]


def test_a_worker_is_told_apart_from_its_silence(records: Records) -> None:
    """Given a worker whose record has expired / Then it does not count as serving."""
    records.redis.zadd(keys.WORKERS, {"ghost": records.now()})

    assert workers.living(records.redis) == []
    assert "No worker serves perception" in examine()[1]["workers"]


def test_states_of_jobs_that_ended_well_are_no_dead_letters(records: Records) -> None:
    """Given a cancelled job / Then there is no dead letter."""
    records.create("job_1", JobOptions())
    records.end("job_1", JobState.CANCELLED)

    assert examine()[1]["dead letters"].endswith("none")
