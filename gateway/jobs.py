"""Create, read, cancel and delete jobs."""

import contextlib
import hashlib
import secrets

import redis
from flask import Blueprint, Response, jsonify, request

from gateway.access import caller
from gateway.answers import JobView
from gateway.door import Door, open_door
from gateway.rerun import changed_face, changed_options
from gateway.spec import Scope, operation
from gateway.uploads import LinkedPhoto, Order, Rerun, StatedFace, read_order
from gateway.view import job_view, links
from gateway.waiting import wait_as_preferred
from shared.contracts import TERMINAL, Face, JobOptions, Stage
from shared.errors import ExpertGlassesError, JobGoneError, QueueFullError
from shared.records import Origin

routes = Blueprint("jobs", __name__, url_prefix="/v1/jobs")
_POLL_SECONDS = "1"
_WAIT = {"Prefer": "`wait=N`: stay up to N seconds for the job to end."}
_FORM = {
    "type": "object",
    "properties": {
        "photo": {"type": "string", "contentMediaType": "application/octet-stream"},
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


@routes.post("")
@operation(
    "Accept a photo, a face that the client states, or another job with changes.",
    Scope.JOBS,
    {202: JobView},
    name="createJob",
    headers=_WAIT,
    body=_BODIES,
    told={"Location": "The job.", "Operation-Location": "The job.", "Retry-After": "Seconds until a poll."},
)
def create() -> Response:
    """Accept a job: 202 at once, or after the wait that the client prefers."""
    door = open_door()
    order = read_order(request, door.config)
    if door.records.count_active() >= door.config.max_queued_jobs:
        raise QueueFullError
    job_id = f"job_{secrets.token_hex(16)}"
    if order.from_job is None:
        face = {Stage.PERCEPTION: order.face} if order.face else {}
        _accept(door, job_id, order, face, Origin(caller().tenant))
    else:
        _again(door, job_id, order)
    applied = wait_as_preferred(door, job_id, request.headers.get("Prefer", ""))
    answer = jsonify(job_view(door.records.read(job_id)))
    answer.status_code = 202
    answer.headers.update(applied)
    here = links(job_id)["self"]
    answer.headers.update({"Location": here, "Operation-Location": here, "Retry-After": _POLL_SECONDS})
    return answer


def _again(door: Door, job_id: str, order: Order) -> None:
    """Make a job from another: the photo stays where it is, the face goes along."""
    parent = door.read(order.from_job or "")
    face, options = changed_face(parent, order), changed_options(parent, order)
    origin = Origin.of(parent, caller().tenant, door.records.photo_job(parent.id))
    _accept(door, job_id, Order(options), {Stage.PERCEPTION: face}, origin)
    if door.records.owner(parent.id) is None:  # deleted this very moment: so must be what was made from it
        _forget(door, job_id)
        raise JobGoneError


def _accept(door: Door, job_id: str, order: Order, given: dict[Stage, Face], origin: Origin) -> None:
    """Photo, record, queue: in this order, so that whoever sees a job finds all of it; on failure, nothing."""
    try:
        if order.photo is not None:
            with door.blobs() as blobs:
                blobs.put(job_id, "photo", order.photo)
        door.records.create(job_id, order.options, given, origin)
        door.submit(job_id, Stage.EXPERT if given else Stage.PERCEPTION)
    except BaseException:
        _forget(door, job_id)
        raise


def _forget(door: Door, job_id: str) -> None:
    """Remove what there is of a job; what cannot be reached now, the sweeper finds."""
    with contextlib.suppress(ExpertGlassesError), door.blobs() as blobs:
        blobs.delete(job_id)
    with contextlib.suppress(ExpertGlassesError, redis.RedisError):
        door.records.delete(job_id, tombstone_seconds=1)


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
    answer = jsonify(job_view(job))
    answer.headers.update(applied)
    if job.state not in TERMINAL:
        answer.headers["Retry-After"] = _POLL_SECONDS
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@routes.post("/<job_id>/cancel")
@operation("Cancel a job; once more is fine.", Scope.JOBS, {200: JobView}, name="cancelJob")
def cancel(job_id: str) -> Response:
    """Cancel a job; again is fine, one that ended otherwise is 409."""
    door = open_door()
    door.read(job_id)
    door.records.cancel(job_id)
    return jsonify(job_view(door.read(job_id)))


@routes.delete("/<job_id>")
@operation(
    "Remove every trace of a job and of those made from it.", Scope.JOBS, {204: None}, name="deleteJob"
)
def delete(job_id: str) -> Response:
    """Remove every trace of a job, and of all that were made from it."""
    door = open_door()
    door.read(job_id)
    for member in door.records.family(job_id):
        erase(door, member)
    return Response(status=204)


def erase(door: Door, job_id: str) -> None:
    """Remove every trace of one job."""
    # Blobs first: if the store fails, the job can still be found and deleted again.
    with door.blobs() as blobs:
        blobs.delete(job_id)
        door.records.delete(job_id, door.config.tombstone_seconds)
        blobs.delete(job_id)  # what a worker stored between the two
