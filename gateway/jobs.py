"""Create, read, cancel and delete jobs."""

import hashlib
import secrets

from flask import Blueprint, Response, json, request

from gateway.context import Context, context, outages
from gateway.uploads import Order, read_order
from gateway.views import view
from gateway.waiting import wait_for_end, wanted_wait
from shared.broker import submit
from shared.contracts import TERMINAL, Job, Stage
from shared.errors import ImageNotFoundError, QueueFullError

routes = Blueprint("jobs", __name__, url_prefix="/v1/jobs")

_SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@routes.post("")
def create() -> Response:
    """Take a photo or a face and answer 202 with the new job."""
    here = context()
    order = read_order(request, here.config)
    job_id = f"job_{secrets.token_hex(16)}"
    wait = wanted_wait(request, here.config.max_wait_seconds)
    with outages():
        if here.records.count_active() >= here.config.max_queued_jobs:
            raise QueueFullError(f"{here.config.max_queued_jobs} jobs are waiting already.")
        _accept(here, job_id, order)
        job = wait_for_end(here.records, job_id, wait) if wait else here.records.read(job_id)
    response = _answer(job, 202)
    response.headers["Location"] = response.headers["Operation-Location"] = view(job)["links"]["self"]
    if wait is not None:
        response.headers["Preference-Applied"] = f"wait={wait}"
    return response


def _accept(here: Context, job_id: str, order: Order) -> None:
    """Photo, record, message, in this order; when one fails, what came before is taken back."""
    try:
        if order.photo is not None:
            here.blobs.put(job_id, "photo", order.photo)
        given = {Stage.PERCEPTION: order.face} if order.face is not None else None
        here.records.create(job_id, order.options, given)
        submit(here.queue, job_id, Stage.EXPERT if given else Stage.PERCEPTION)
    except Exception:
        here.blobs.delete(job_id)
        raise


@routes.get("/<job_id>")
def read(job_id: str) -> Response:
    """The job so far; with `Prefer: wait=N`, its end if that comes in time."""
    here = context()
    wait = wanted_wait(request, here.config.max_wait_seconds)
    with outages():
        job = wait_for_end(here.records, job_id, wait) if wait else here.records.read(job_id)
    response = _answer(job, 200)
    if wait is not None:
        response.headers["Preference-Applied"] = f"wait={wait}"
    response.make_conditional(request)
    return response


def _answer(job: Job, status: int) -> Response:
    body = json.dumps(view(job), ensure_ascii=False)
    response = Response(body, status, mimetype="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    if job.state not in TERMINAL:
        response.headers["Retry-After"] = "1"
    return response


@routes.post("/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """End a job that has not ended; again is fine."""
    here = context()
    with outages():
        here.records.cancel(job_id)
        return _answer(here.records.read(job_id), 200)


@routes.delete("/<job_id>")
def delete(job_id: str) -> Response:
    """Remove photo, results and events, at once and everywhere."""
    here = context()
    with outages():
        here.records.delete(job_id, here.config.tombstone_seconds)
        here.blobs.delete(job_id)
    return Response(status=204)


@routes.get("/<job_id>/images/<name>")
def image(job_id: str, name: str) -> Response:
    """An image that a stage made; the photo itself is not given out."""
    here = context()
    with outages():
        if name not in here.records.read(job_id).images:
            raise ImageNotFoundError
        data = here.blobs.get(job_id, name)
    media = next(
        (kind for start, kind in _SIGNATURES.items() if data.startswith(start)), "application/octet-stream"
    )
    return Response(data, mimetype=media)
