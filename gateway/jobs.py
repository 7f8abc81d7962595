"""Create, list, read, cancel and delete jobs."""

import contextlib
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated

import redis
from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import Field

from gateway import cursors
from gateway.access import caller
from gateway.answers import JobPage, JobView
from gateway.door import Door, open_door
from gateway.intake import erase, take_in
from gateway.once import once
from gateway.reading import read_query
from gateway.spec import Scope, operation
from gateway.uploads import LinkedPhoto, Rerun, StatedFace, read_order
from gateway.view import job_view, line_view, links
from gateway.waiting import wait_as_preferred
from shared.contracts import TERMINAL, Job, JobOptions, JobState
from shared.contracts.base import Contract
from shared.errors import DeadlineExceededError, ExpertGlassesError, InvalidRequestError
from shared.photos import MOST_PHOTOS
from shared.records.listing import page

routes = Blueprint("jobs", __name__, url_prefix="/v1/jobs")
_POLL_SECONDS = "1"
_SKEW = timedelta(seconds=1)  # between our clock and Redis'
_NO_RETENTION = 60  # an idempotency key of a job that keeps nothing is soon forgotten too
_WAIT = {"Prefer": "`wait=N`: stay up to N seconds for the job to end."}
_FORM = {
    "type": "object",
    "properties": {
        "photo": {
            "description": "One photo, or several of one person, each a part of this name; try-on uses the first.",
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            "minItems": 1,
            "maxItems": MOST_PHOTOS,
        },
        "options": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": JobOptions,
        },
    },
    "required": ["photo"],
    "additionalProperties": False,
}
_BODIES = {"multipart/form-data": _FORM, "application/json": {"anyOf": [StatedFace, Rerun, LinkedPhoto]}}


class JobsQuery(Contract):
    """Which jobs, and which page of how many."""

    state: JobState | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: Annotated[str, Field(max_length=400)] | None = None


@routes.post("")
@operation(
    "Accept photos of a person, a face that the client states, or another job with changes.",
    Scope.JOBS,
    {202: JobView},
    name="createJob",
    creates=True,
    headers={**_WAIT, "Idempotency-Key": "Sent again, the same request makes no second job."},
    body=_BODIES,
    told={
        "Location": "The job.",
        "Operation-Location": "The job.",
        "Retry-After": "Seconds until a poll.",
        "Idempotency-Expires": "Until when the idempotency key is remembered.",
        "Idempotency-Replayed": "`true` where the job was made by an earlier request.",
    },
)
def create() -> Response:
    """Accept a job: 202 at once, or after the wait that the client prefers."""
    door = open_door()
    order = read_order(request, door.config)
    kept = min(door.config.idempotency_seconds, order.options.retention_seconds or _NO_RETENTION)
    key = request.headers.get("Idempotency-Key")
    with once(door.client, caller().tenant, key, order.parts(), kept) as claim:
        if not claim.repeated:
            claim.made = take_in(door, order, claim.place)
    applied = wait_as_preferred(door, claim.made, request.headers.get("Prefer", ""))
    answer = _told(door, door.read(claim.made))
    answer.status_code = 202
    answer.headers.update({**applied, **(claim.headers or {})})
    here = links(claim.made)["self"]
    answer.headers.update({"Location": here, "Operation-Location": here, "Retry-After": _POLL_SECONDS})
    return answer


@routes.get("")
@operation("Your jobs, newest first, in pages.", Scope.JOBS, {200: JobPage}, name="listJobs", query=JobsQuery)
def listing() -> Response:
    """A page of jobs, without their results."""
    door, query = open_door(), read_query(request, JobsQuery)
    try:
        found = page(door.client, caller().tenant, query.limit, query.state, cursors.decode(query.cursor))
    except ValueError:
        raise InvalidRequestError("The cursor is none of this service.") from None
    asked = query.model_dump(mode="json", exclude_unset=True, exclude={"cursor"})
    following = url_for("jobs.listing", **asked, cursor=cursors.encode(found.after)) if found.after else None
    return jsonify(jobs=[line_view(line) for line in found.jobs], next=following)


def _told(door: Door, job: Job) -> Response:
    """The job; one without retention goes with the first answer that tells its end."""
    answer = jsonify(job_view(job, door.pace.place(job)))
    if job.state in TERMINAL and not job.options.retention_seconds:
        with contextlib.suppress(ExpertGlassesError, redis.RedisError):  # the sweeper is near
            _erase_all(door, job.id)
    return answer


@routes.get("/<job_id>")
@operation(
    "The job so far.",
    Scope.JOBS,
    {200: JobView, 304: None},
    name="readJob",
    headers={**_WAIT, "If-None-Match": "The ETag of the last answer."},
    told={"ETag": "Of this answer.", "Retry-After": "Seconds until the next poll, while the job runs."},
)
def read(job_id: str) -> Response:
    """The job so far, with an `ETag`; `Prefer: wait=N` waits for its end."""
    door = open_door()
    job = door.read(job_id)
    applied = wait_as_preferred(door, job_id, request.headers.get("Prefer", ""))
    if applied:
        job = door.read(job_id)
    job = _in_time(door, job)
    answer = _told(door, job)
    answer.headers.update(applied)
    if job.state not in TERMINAL:
        answer.headers["Retry-After"] = _POLL_SECONDS
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def _in_time(door: Door, job: Job) -> Job:
    """The job, expired if its deadline has passed: without a single worker, no sweeper does it."""
    deadline = job.created + timedelta(seconds=job.options.deadline_seconds) + _SKEW
    if job.state in TERMINAL or datetime.now(UTC) < deadline:
        return job
    door.records.end(job.id, JobState.EXPIRED, DeadlineExceededError())
    return door.read(job.id)


@routes.post("/<job_id>/cancel")
@operation("Cancel a job; once more is fine.", Scope.JOBS, {200: JobView}, name="cancelJob")
def cancel(job_id: str) -> Response:
    """Cancel a job; again is fine, one that ended otherwise is 409."""
    door = open_door()
    door.read(job_id)
    door.records.cancel(job_id)
    return _told(door, door.read(job_id))


@routes.delete("/<job_id>")
@operation(
    "Remove every trace of a job and of those made from it.", Scope.JOBS, {204: None}, name="deleteJob"
)
def delete(job_id: str) -> Response:
    """Remove every trace of a job, and of all that were made from it."""
    door = open_door()
    door.read(job_id)
    _erase_all(door, job_id)
    return Response(status=204)


def _erase_all(door: Door, job_id: str) -> None:
    for member in door.records.family(job_id):
        erase(door, member)
