"""Server-sent events of a job: everything so far, then everything that happens, until it ends."""

import json
import re
from collections.abc import Iterator

import redis
from flask import Blueprint, Response, request

from gateway.door import Door, open_door
from gateway.spec import Scope, operation
from gateway.view import RESULTS, result_view
from shared.contracts import TERMINAL, StageState
from shared.errors import InvalidRequestError, JobGoneError, JobNotFoundError, TooManyStreamsError
from shared.records import Event, EventKind, Records

routes = Blueprint("events", __name__, url_prefix="/v1/jobs")
_EVENT_ID = re.compile(r"^\d{1,19}(-\d{1,19})?$", re.ASCII)


@routes.get("/<job_id>/events")
@operation(
    "Server-sent events of a job, results included.",
    Scope.JOBS,
    {200: ("text/event-stream",), 204: None},
    headers={"Last-Event-ID": "The last event the client has."},
)
def listen(job_id: str) -> Response:
    """Events after `Last-Event-ID`; 204 tells a client that has them all not to come back."""
    door = open_door()
    after = request.headers.get("Last-Event-ID", "0")
    if not _EVENT_ID.match(after):
        raise InvalidRequestError("Last-Event-ID is not an id of this stream.")
    ended = door.read(job_id).state in TERMINAL
    if ended and not any(door.records.events(job_id, after)):
        return Response(status=204)
    if not door.places.acquire(blocking=False):
        raise TooManyStreamsError
    answer = Response(stream(door, job_id, after), content_type="text/event-stream")
    # Not in the generator: one that never started would never give its place back.
    answer.call_on_close(door.places.release)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def stream(door: Door, job_id: str, after: str) -> Iterator[str]:
    """The text of the stream. A lost broker ends it; the client comes back with the last id it saw."""
    try:
        with door.hub.follow(job_id, after) as feed:
            found: list[Event] | None = feed.catch_up()
            if not found and door.records.over(job_id):
                return
            while found is not None:
                for event in found:
                    yield _frame(event, door.records, job_id)
                if found and _last(found[-1]):
                    return
                found = feed.take(door.heartbeat_seconds)
                if found == []:
                    yield ": alive\n\n"
    except (redis.RedisError, JobNotFoundError, JobGoneError):
        return


def _last(event: Event) -> bool:
    return event.kind is EventKind.JOB and event.state in TERMINAL


def _frame(event: Event, records: Records, job_id: str) -> str:
    """An event as text; where a stage ended well, with what it added to the job."""
    told = event.model_dump(mode="json", exclude_none=True)
    if event.stage is not None and event.state is StageState.SUCCEEDED:
        told["changed"] = RESULTS[event.stage]
        told["result"] = result_view(records.read(job_id), event.stage)
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
