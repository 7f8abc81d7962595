"""`Prefer: wait=N` (RFC 7240): hold the answer until the job has ended, or N seconds have passed."""

import re
import time

from flask import Request

from shared.contracts import TERMINAL, Job
from shared.records import Records

_WAIT = re.compile(r"\bwait=(\d{1,6})\b")


def wanted_wait(request: Request, most: int) -> int | None:
    """The seconds a client wants to wait, at most `most`; None when it does not say."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), most) if found else None


def wait_for_end(records: Records, job_id: str, seconds: float) -> Job:
    """The job when it has ended or the time is up. Listens to its events; asks nothing in between."""
    deadline = time.monotonic() + seconds
    last = "0"
    for event in records.events(job_id):
        last = event.id
    job = records.read(job_id)
    while job.state not in TERMINAL and (left := deadline - time.monotonic()) > 0:
        # The client's own socket timeout is one second: listen in shorter pieces.
        for event in records.events(job_id, after=last, block_seconds=min(left, 0.8)):
            last = event.id
        job = records.read(job_id)
    return job
