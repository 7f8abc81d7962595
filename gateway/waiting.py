"""`Prefer: wait=N` (RFC 7240): stay with a job until it ends, for a while."""

import re
import time

from gateway.door import Door

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)


def preferred_wait(header: str, most: int) -> int:
    """Seconds to wait by a `Prefer` header, at most `most`; 0 when it asks for none."""
    found = _WAIT.search(header)
    return min(int(found[1]), most) if found else 0


def wait_until_over(door: Door, job_id: str, seconds: float) -> None:
    """Return when the job has ended or is gone, or after `seconds`."""
    until = time.monotonic() + seconds
    with door.hub.follow(job_id) as feed:
        feed.catch_up()
        found: object = ()
        while found is not None and not door.records.over(job_id) and (left := until - time.monotonic()) > 0:
            found = feed.take(left)


def wait_as_preferred(door: Door, job_id: str, header: str) -> dict[str, str]:
    """Wait as the client prefers, where a place is free: a waiting client holds a thread as a listener does.

    Returns:
        The header that says which preference was honoured; empty when none was.
    """
    seconds = preferred_wait(header, door.config.max_wait_seconds)
    if not seconds or not door.places.acquire(blocking=False):
        return {}
    try:
        wait_until_over(door, job_id, seconds)
    finally:
        door.places.release()
    return {"Preference-Applied": f"wait={seconds}"}
