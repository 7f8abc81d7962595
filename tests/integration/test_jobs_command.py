"""`expertglasses jobs`: dead letters are found and retried, without touching what their clients were told."""

import json
from collections.abc import Iterator

import pytest
from bare_stages import OUTPUTS
from click.testing import CliRunner, Result

from cli.jobs import jobs
from shared.broker import connect
from shared.contracts import Job, JobOptions, JobState, Stage, StageState
from shared.errors import ExpertGlassesError, NoFaceError, StageCrashedError
from shared.records import Origin, Records
from shared.settings import Settings, settings

DEAD, BLIND, RUNNING = "job_dead", "job_blind", "job_running"


@pytest.fixture
def records(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """One job of a shop that crashed at the search, one whose photo had no face, one that runs."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    settings.cache_clear()
    found = Records(connect(config))
    found.create(DEAD, JobOptions(limit=3), origin=Origin(owner="shop"))
    for stage in (Stage.PERCEPTION, Stage.EXPERT):
        found.begin(DEAD, stage, "w", 3)
        found.finish(DEAD, stage, OUTPUTS[stage], 0.1)
    found.begin(DEAD, Stage.SEARCH, "w", 3)
    found.end(DEAD, JobState.FAILED, StageCrashedError(), Stage.SEARCH)
    found.create(BLIND, JobOptions())
    found.end(BLIND, JobState.FAILED, NoFaceError(), Stage.PERCEPTION)
    found.create(RUNNING, JobOptions())
    found.begin(RUNNING, Stage.PERCEPTION, "w", 3)
    yield found
    settings.cache_clear()


def run(*arguments: str) -> Result:
    """The command as an operator types it; our own errors are shown as the command line does."""
    return CliRunner().invoke(jobs, list(arguments))


def retried(records: Records) -> Job:
    """The job made of the dead one."""
    entry = json.loads(run("show", DEAD, "--json").stdout)
    return records.read(entry["retried_as"])


def test_dead_letters_are_those_that_our_own_fault_ended(records: Records) -> None:
    """Given a crash, a photo without a face and a running job / Then the crash alone is a dead letter."""
    listed = [json.loads(line) for line in run("list", "--dead", "--json").stdout.splitlines()]

    assert [(entry["id"], entry["code"], entry["stage"]) for entry in listed] == [
        (DEAD, "stage_crashed", "search")
    ]
    assert {json.loads(line)["id"] for line in run("list", "--json").stdout.splitlines()} == {
        DEAD,
        BLIND,
        RUNNING,
    }


def test_a_list_can_be_narrowed_to_a_state(records: Records) -> None:
    """Given `--state running` / Then only that job is listed, in words."""
    answer = run("list", "--state", "running")

    assert RUNNING in answer.stdout
    assert DEAD not in answer.stdout


def test_a_retry_goes_on_from_the_stage_that_failed(records: Records) -> None:
    """Given a dead letter / If it is retried / Then a new job of the same owner and options waits at that stage."""
    answer = run("retry", DEAD)

    assert answer.exit_code == 0, answer.output
    job = retried(records)
    assert (job.from_job, job.options.limit, records.owner(job.id)) == (DEAD, 3, "shop")
    assert job.face == OUTPUTS[Stage.PERCEPTION]
    assert [record.state for record in job.stages.values()] == [
        *(StageState.SKIPPED, StageState.SKIPPED, StageState.WAITING, StageState.WAITING),
    ]
    assert [records.redis.llen(stage) for stage in Stage] == [0, 0, 1, 0]


def test_a_retry_leaves_the_dead_job_as_its_client_knows_it(records: Records) -> None:
    """Given a retry / Then the old job is failed as before, and no dead letter any more."""
    before = records.read(DEAD)

    run("retry", "--dead")

    assert records.read(DEAD) == before
    assert run("list", "--dead", "--json").stdout == ""


def test_what_cannot_be_retried_is_told_and_stops_nothing(records: Records) -> None:
    """Given a second retry, a photo without a face, a job unknown / Then each is refused, the good one is done."""
    run("retry", DEAD)

    answer = run("retry", DEAD, BLIND, "job_nobody")

    assert answer.exit_code == 1
    assert [line.rpartition("[")[2].rstrip("]") for line in answer.stderr.splitlines()] == [
        *("job_not_retryable", "job_not_retryable", "job_not_found"),
    ]


def test_two_operators_retry_a_letter_once(records: Records, config: Settings) -> None:
    """Given a note that somebody else has just left / Then no second job is made."""
    assert records.note(DEAD, "retried_as", "job_theirs")
    assert not records.note(DEAD, "retried_as", "job_ours")
    assert not records.note("job_gone", "retried_as", "job_ours")
    assert not records.redis.exists("eg:job:{job_gone}")


def test_a_running_job_is_cancelled_and_one_that_ended_is_not(records: Records) -> None:
    """Given both / Then the first ends as cancelled, the second is refused."""
    answer = run("cancel", RUNNING, DEAD)

    assert records.read(RUNNING).state is JobState.CANCELLED
    assert answer.exit_code == 1
    assert "job_finished" in answer.stderr


def test_show_tells_stages_and_error_and_nothing_of_the_face(records: Records) -> None:
    """Given a job with a face / Then its stages and error are shown, the face is not."""
    words, machine = run("show", DEAD).stdout, json.loads(run("show", DEAD, "--json").stdout)

    assert "stage_crashed" in words
    assert "of shop" in words
    assert "female" not in words
    assert not {"face", "wish", "explanation", "matches", "design"} & set(machine)


def test_a_redis_that_does_not_answer_is_told_in_words(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given no Redis at the address / Then the command ends with our own error, not with a traceback of a library."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()

    answer = run("list")

    assert isinstance(answer.exception, ExpertGlassesError)
    assert answer.exception.code == "broker_unavailable"
