"""`Prefer: wait=N` (RFC 7240): stay with a job until it ends, for a while."""

import re
import time

from gateway.door import Door
from shared.records import Records

# One blocking read; shorter than the client's socket timeout, so that silence is not taken for a lost broker.
BLOCK_SECONDS = 0.5
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)


def preferred_wait(header: str, most: int) -> int:
    """Seconds to wait by a `Prefer` header, at most `most`; 0 when it asks for none."""
    found = _WAIT.search(header)
    return min(int(found[1]), most) if found else 0


def wait_until_over(records: Records, job_id: str, seconds: float) -> None:
    """Return when the job has ended or is gone, or after `seconds`."""
    last, until = "0", time.monotonic() + seconds
    while not records.over(job_id) and (left := until - time.monotonic()) > 0:
        for event in records.events(job_id, last, min(left, BLOCK_SECONDS)):
            last = event.id


def wait_as_preferred(door: Door, job_id: str, header: str) -> dict[str, str]:
    """Wait as the client prefers, where a place is free: a waiting client holds a thread as a listener does.

    Returns:
        The header that says which preference was honoured; empty when none was.
    """
    seconds = preferred_wait(header, door.config.max_wait_seconds)
    if not seconds or not door.places.acquire(blocking=False):
        return {}
    try:
        wait_until_over(door.records, job_id, seconds)
    finally:
        door.places.release()
    return {"Preference-Applied": f"wait={seconds}"}
