"""Create, read, cancel and delete jobs, and fetch their images."""

import contextlib
import hashlib
import secrets

import redis
from flask import Blueprint, Response, jsonify, request

from gateway.door import Door, open_door
from gateway.uploads import Order, read_order
from gateway.view import job_view, links
from gateway.waiting import wait_as_preferred
from shared.contracts import TERMINAL, Stage
from shared.errors import BlobMissingError, ExpertGlassesError, ImageNotFoundError, QueueFullError
from shared.photos import inspect

routes = Blueprint("jobs", __name__, url_prefix="/v1/jobs")
_POLL_SECONDS = "1"


@routes.post("")
def create() -> Response:
    """Accept a job: 202 at once, or after the wait that the client prefers."""
    door = open_door()
    order = read_order(request, door.config)
    if door.records.count_active() >= door.config.max_queued_jobs:
        raise QueueFullError
    job_id = f"job_{secrets.token_hex(16)}"
    _accept(door, job_id, order)
    applied = wait_as_preferred(door, job_id, request.headers.get("Prefer", ""))
    answer = jsonify(job_view(door.records.read(job_id)))
    answer.status_code = 202
    answer.headers.update(applied)
    here = links(job_id)["self"]
    answer.headers.update({"Location": here, "Operation-Location": here, "Retry-After": _POLL_SECONDS})
    return answer


def _accept(door: Door, job_id: str, order: Order) -> None:
    """Photo, record, queue: in this order, so that whoever sees a job finds all of it; on failure, nothing."""
    try:
        if order.photo is not None:
            with door.blobs() as blobs:
                blobs.put(job_id, "photo", order.photo)
        given = {Stage.PERCEPTION: order.face} if order.face else {}
        door.records.create(job_id, order.options, given)
        door.submit(job_id, Stage.EXPERT if order.face else Stage.PERCEPTION)
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
def read(job_id: str) -> Response:
    """The job so far, with an `ETag`; `Prefer: wait=N` waits for its end."""
    door = open_door()
    door.records.read(job_id)  # an unknown job is not waited for
    applied = wait_as_preferred(door, job_id, request.headers.get("Prefer", ""))
    job = door.records.read(job_id)
    answer = jsonify(job_view(job))
    answer.headers.update(applied)
    if job.state not in TERMINAL:
        answer.headers["Retry-After"] = _POLL_SECONDS
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@routes.post("/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Cancel a job; again is fine, one that ended otherwise is 409."""
    door = open_door()
    door.records.cancel(job_id)
    return jsonify(job_view(door.records.read(job_id)))


@routes.delete("/<job_id>")
def delete(job_id: str) -> Response:
    """Remove every trace of a job."""
    door = open_door()
    door.records.read(job_id)
    # Blobs first: if the store fails, the job can still be found and deleted again.
    with door.blobs() as blobs:
        blobs.delete(job_id)
        door.records.delete(job_id, door.config.tombstone_seconds)
        blobs.delete(job_id)  # what a worker stored between the two
    return Response(status=204)


@routes.get("/<job_id>/images/<name>")
def image(job_id: str, name: str) -> Response:
    """An image that a stage made; the uploaded photo is not among them."""
    door = open_door()
    if name not in door.records.read(job_id).images:
        raise ImageNotFoundError
    try:
        with door.blobs() as blobs:
            data = blobs.get(job_id, name)
    except BlobMissingError:
        raise ImageNotFoundError from None
    kind = inspect(data, max_pixels=door.config.max_photo_pixels, min_side=1).media_type
    return Response(data, content_type=kind)
