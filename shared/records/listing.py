"""A tenant's jobs, newest first, in pages that begin after a job, so that new ones shift nothing."""

from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import redis

from shared.contracts import JobState
from shared.records import keys

_LOOKED_AT = 2_000  # of a long list filtered by a rare state, one page looks at no more than these
_CHUNK = 200
_FIELDS = ("state", "created", "started", "finished", "expires", "parent")


class Line(NamedTuple):
    """A job in a list; times in UTC."""

    id: str
    state: JobState
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime
    from_job: str | None


class Page(NamedTuple):
    """Jobs, and the key that the next page begins after; `None` when this is the last."""

    jobs: list[Line]
    after: str | None


def page(client: redis.Redis, owner: str, limit: int, state: JobState | None = None, after: str = "") -> Page:
    """A page of jobs.

    Args:
        client: Where the records are.
        owner: Whose jobs.
        limit: How many at most.
        state: Only jobs in this state.
        after: The key of the page before.

    Raises:
        ValueError: `after` was never the key of a page.
    """
    seconds, _, last = after.partition(" ")
    before = (float(seconds), last) if after else None
    found: list[Line] = []
    looked_at = 0
    while looked_at < _LOOKED_AT:
        chunk = _chunk(client, owner, before)
        looked_at += len(chunk)
        for score, job_id, line in _read(client, owner, chunk):
            before = (score, job_id)
            if line is not None and state in {None, line.state}:
                found.append(line)
            if len(found) == limit:
                return Page(found, f"{score!r} {job_id}")
        if len(chunk) < _CHUNK:
            return Page(found, None)
    return Page(found, f"{before[0]!r} {before[1]}" if before else None)


def _chunk(client: redis.Redis, owner: str, before: tuple[float, str] | None) -> list[tuple[float, str]]:
    """The next entries of the index; within one moment, in falling order of id, as Redis has them."""
    newest = "+inf" if before is None else repr(before[0])
    entries = cast(
        "list[tuple[str, float]]",
        client.zrevrangebyscore(
            keys.jobs_of(owner), newest, "-inf", start=0, num=_CHUNK + 1, withscores=True
        ),
    )
    return [(score, job_id) for job_id, score in entries if before is None or (score, job_id) < before][
        :_CHUNK
    ]


def _read(
    client: redis.Redis, owner: str, chunk: list[tuple[float, str]]
) -> list[tuple[float, str, Line | None]]:
    """Each entry with its job; one whose record is gone leaves the index."""
    pipe = client.pipeline(transaction=False)
    for _, job_id in chunk:
        pipe.hmget(keys.job(job_id), _FIELDS)
    lines = []
    for (score, job_id), values in zip(chunk, pipe.execute(), strict=True):
        fields = dict(zip(_FIELDS, values, strict=True))
        if fields["state"] is None:
            client.zrem(keys.jobs_of(owner), job_id)
        lines.append((score, job_id, _line(job_id, fields) if fields["state"] else None))
    return lines


def _line(job_id: str, fields: dict[str, Any]) -> Line:
    def moment(name: str) -> datetime | None:
        return datetime.fromtimestamp(float(fields[name]), UTC) if fields[name] else None

    created, expires = moment("created"), moment("expires")
    assert created is not None
    assert expires is not None
    return Line(
        id=job_id,
        state=JobState(fields["state"]),
        created=created,
        started=moment("started"),
        finished=moment("finished"),
        expires=expires,
        from_job=fields["parent"],
    )
