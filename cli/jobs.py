"""`expertglasses jobs`: what an operator asks of jobs and does to them, straight at Redis, whoever's they are."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from shared.contracts import STAGES, JobState

if TYPE_CHECKING:
    from shared.ledger import Entry
    from shared.records import Records

_STATES = click.Choice([str(state) for state in JobState])
_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
_job_ids = click.argument("job_ids", nargs=-1)


@click.group()
def jobs() -> None:
    """List jobs, look at one, retry what our own faults ended, cancel what runs."""


@jobs.command(name="list")
@click.option("--state", type=_STATES, help="Only jobs in this state.")
@click.option("--dead", is_flag=True, help="Only dead letters: jobs that a fault of the service ended.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@_as_json
def list_jobs(state: str | None, dead: bool, limit: int, as_json: bool) -> None:
    """The newest jobs, a line each; what they show of a person is nowhere."""
    with _records() as records:
        found = [
            entry for entry in _newest(records) if state in {None, entry.state} and (entry.dead or not dead)
        ]
    for entry in found[:limit]:
        print(json.dumps(entry._asdict() | {"dead": entry.dead}) if as_json else _line(entry))
    if not as_json:
        more = f", {len(found) - limit} more not shown" if len(found) > limit else ""
        print(f"{len(found)} {'dead letters' if dead else 'jobs'}{more}", file=sys.stderr)


@jobs.command()
@click.argument("job_id")
@_as_json
def show(job_id: str, as_json: bool) -> None:
    """One job: its stages, attempts, times and error, without what was seen in the photo."""
    with _records() as records:
        job, owner = records.read(job_id), records.owner(job_id)
        fields = records.fields(job_id)
    seen = {"face", "wish", "explanation", "matches", "design"}
    told = job.model_dump(mode="json", exclude=seen) | {
        "owner": owner,
        "retried_as": fields.get("retried_as"),
    }
    if as_json:
        print(json.dumps(told))
        return
    print(f"{job.id}  {job.state}  of {owner}, created {job.created:%Y-%m-%d %H:%M:%S} UTC")
    for stage in STAGES:
        record = job.stages[stage]
        took = f"{record.seconds:.3f} s" if record.seconds is not None else ""
        by = fields.get(f"{stage}.worker") or ""
        print(f"  {stage:<11}{record.state:<10}{record.attempts} attempts  {took:>9}  {by}".rstrip())
    for what, text in (
        ("error", _error(job.error)),
        ("made from", job.from_job),
        ("retried as", told["retried_as"]),
    ):
        if text:
            print(f"  {what}: {text}")


@jobs.command()
@_job_ids
@click.option("--dead", is_flag=True, help="Every dead letter there is.")
def retry(job_ids: tuple[str, ...], dead: bool) -> None:
    """Make a new job of each dead letter: same photo, same options, from the stage that failed."""
    if bool(job_ids) == dead:
        raise click.UsageError("name jobs, or say --dead for all dead letters")
    from shared.broker import make_app
    from shared.ledger import retry as retry_one

    with _records() as records:
        wanted = [entry.id for entry in _newest(records) if entry.dead] if dead else job_ids
        _each(wanted, lambda job_id: f"retried as {retry_one(records, make_app(), job_id)}")


@jobs.command()
@_job_ids
def cancel(job_ids: tuple[str, ...]) -> None:
    """End jobs as cancelled; a worker at one of them stops at its next check."""
    if not job_ids:
        raise click.UsageError("name at least one job")
    with _records() as records:
        _each(job_ids, lambda job_id: _cancelled(records, job_id))


def _cancelled(records: "Records", job_id: str) -> str:
    records.cancel(job_id)
    return "cancelled"


def _each(job_ids: Iterable[str], do: Callable[[str], str]) -> None:
    """Do it to each; one that cannot be done is told and does not stop the others."""
    from shared.errors import ExpertGlassesError

    refused = 0
    for job_id in job_ids:
        try:
            print(f"{job_id}  {do(job_id)}")
        except ExpertGlassesError as error:
            refused += 1
            print(f"{job_id}  {error} [{error.code}]", file=sys.stderr)
    sys.exit(1 if refused else 0)


@contextmanager
def _records() -> Iterator["Records"]:
    """The records at the `redis_url` setting; a Redis that does not answer is told in words."""
    import redis
    from kombu.exceptions import OperationalError

    from shared.broker import connect
    from shared.errors import BrokerUnavailableError
    from shared.records import Records

    try:
        yield Records(connect())
    except (redis.RedisError, OperationalError) as error:
        raise BrokerUnavailableError(
            f"Redis at the `redis_url` setting did not do it: {type(error).__name__}."
        ) from error


def _newest(records: "Records") -> list["Entry"]:
    from shared.ledger import entries

    return sorted(entries(records.redis), key=lambda entry: -entry.created)


def _line(entry: "Entry") -> str:
    ago = max(0.0, time.time() - entry.created)
    took = f"in {entry.finished - entry.created:.1f} s" if entry.finished else "so far"
    dead = "dead" if entry.dead else ""
    return (
        f"{entry.id}  {entry.state:<10}{entry.stage:<11}{_duration(ago):>5} ago  {took:<10} {entry.owner}  "
        f"{entry.code} {dead}"
    ).rstrip()


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _error(problem: dict[str, Any] | None) -> str:
    if problem is None:
        return ""
    return f"{problem['code']}: {problem.get('detail') or problem['title']}"
