"""What an operator sees of all jobs, whoever's they are: a line each; those that a fault of ours ended, once more.

Such a job is a dead letter. It stays as it ended, for its client was told so; a retry is a new job with the same
photo, options and outputs so far, which starts at the stage that failed and names the old one as its parent.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

import redis
from celery import Celery

from shared.broker import submit
from shared.contracts import STAGES, JobState, Stage, StageState
from shared.contracts.base import Contract
from shared.errors import JobNotRetryableError, all_errors
from shared.records import LOCAL, Origin, Records, keys
from shared.records.facts import facts
from shared.records.view import OUTPUTS

_FIRST_OF_OURS = (
    500  # errors from this status on are faults of the service; those below are the client's or the photo's
)
_RETRIED = "retried_as"
_ASKED = ("state", "owner", "created", "finished", "error", _RETRIED, *(f"{stage}.state" for stage in STAGES))


class Entry(NamedTuple):
    """One job in a list.

    Attributes:
        id: Its id.
        state: How far it is.
        owner: Whose it is.
        created: When, in seconds since 1970.
        finished: When it ended; `None` while it has not.
        stage: Where it is, or where it ended; empty when all stages are done.
        code: Of the error it ended with; empty without one.
        retried_as: The job that was made of it; empty when there is none.
    """

    id: str
    state: JobState
    owner: str
    created: float
    finished: float | None
    stage: str
    code: str
    retried_as: str

    @property
    def dead(self) -> bool:
        """Whether a fault of ours ended it and nobody has retried it."""
        known = all_errors().get(self.code)
        ours = known is None or known.status >= _FIRST_OF_OURS
        return self.state in {JobState.FAILED, JobState.EXPIRED} and ours and not self.retried_as


def entries(client: redis.Redis) -> Iterator[Entry]:
    """Every job whose record is still there, in no order."""
    ids = cast("list[str]", client.zrange(keys.EXPIRY, 0, -1))
    for job_id, fields in facts(client, ids, _ASKED):
        if "state" in fields:
            yield _entry(job_id, fields)


def _entry(job_id: str, fields: Mapping[str, str]) -> Entry:
    done = {StageState.SUCCEEDED, StageState.SKIPPED}
    return Entry(
        id=job_id,
        state=JobState(fields["state"]),
        owner=fields.get("owner", LOCAL),
        created=float(fields["created"]),
        finished=float(fields["finished"]) if "finished" in fields else None,
        stage=next((str(stage) for stage in STAGES if fields.get(f"{stage}.state") not in done), ""),
        code=json.loads(fields["error"])["code"] if "error" in fields else "",
        retried_as=fields.get(_RETRIED, ""),
    )


def retry(records: Records, app: Celery, job_id: str) -> str:
    """Make a new job of a dead letter and send it on its way.

    Returns:
        The id of the new job.

    Raises:
        JobNotFoundError: There is no such job.
        JobNotRetryableError: It has not ended by a fault of ours, or was retried before.
        kombu.exceptions.OperationalError: The broker cannot be reached.
    """
    fields = records.fields(job_id)
    if not fields:
        raise records.missing(job_id)
    entry = _entry(job_id, fields)
    if not entry.dead:
        told = (
            f"was retried as {entry.retried_as}"
            if entry.retried_as
            else f"is {entry.state} {entry.code}".strip()
        )
        raise JobNotRetryableError(f"The job {told}.")
    made = f"job_{secrets.token_hex(16)}"
    if not records.note(job_id, _RETRIED, made):
        raise JobNotRetryableError("Somebody else has just retried the job, or it is gone.")
    job, given = records.read(job_id), _outputs(fields)
    origin = Origin.of(job, entry.owner, records.photo_job(job_id))
    records.create(made, job.options, given, origin)
    submit(app, made, next(stage for stage in STAGES if stage not in given))
    return made


def _outputs(fields: Mapping[str, str]) -> dict[Stage, Contract]:
    """What the stages before the one that failed have written."""
    found: dict[Stage, Contract] = {}
    for stage in STAGES:
        name, contract = OUTPUTS[stage]
        if name not in fields:
            break
        found[stage] = contract.model_validate_json(fields[name])
    return found
