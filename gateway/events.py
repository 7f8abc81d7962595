"""Server-sent events: what happens to a job, as it happens."""

import time
from collections.abc import Iterator

import redis
from flask import Blueprint, Response, request

from gateway.context import Context, context, outages
from shared.contracts import TERMINAL
from shared.errors import InvalidRequestError, TooManyStreamsError
from shared.records import Event, EventKind

routes = Blueprint("events", __name__, url_prefix="/v1/jobs")

_HEARTBEAT_SECONDS = 10.0
_PIECE_SECONDS = 0.8  # below the socket timeout of the Redis client


@routes.get("/<job_id>/events")
def listen(job_id: str) -> Response:
    """Events after `Last-Event-ID`, until the job has ended."""
    here = context()
    after = request.headers.get("Last-Event-ID", "0")
    if not all(part.isdigit() for part in after.split("-", 1)):
        raise InvalidRequestError("Last-Event-ID is not one of ours.")
    with outages():
        here.records.read(job_id)
    if not here.streams.acquire(blocking=False):
        raise TooManyStreamsError(f"{here.config.max_streams} clients are listening already; poll instead.")
    stream = Response(_stream(here, job_id, after), mimetype="text/event-stream")
    stream.call_on_close(here.streams.release)
    stream.headers["X-Accel-Buffering"] = "no"
    return stream


def _stream(here: Context, job_id: str, after: str) -> Iterator[str]:
    heard = time.monotonic()
    while True:
        try:
            news = list(here.records.events(job_id, after, _PIECE_SECONDS))
        except redis.RedisError:
            return  # the client reconnects with the last id it saw
        for event in news:
            after, heard = event.id, time.monotonic()
            yield _told(event)
            if event.kind is EventKind.JOB and event.state in TERMINAL:
                return
        if not news and here.records.over(job_id):
            return
        if time.monotonic() - heard > _HEARTBEAT_SECONDS:
            heard = time.monotonic()
            yield ": still here\n\n"


def _told(event: Event) -> str:
    data = event.model_dump_json(exclude_none=True)
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n"
