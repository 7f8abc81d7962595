"""A few fields of many records."""

from collections.abc import Iterator, Sequence

import redis

from shared.records import keys

_CHUNK = 500


def facts(
    client: redis.Redis, jobs: Sequence[str], asked: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each job with those of the asked fields that its record has; none where there is no record.

    One pipeline for some hundred jobs, so that neither a round trip each nor one long answer holds anybody up.
    """
    for start in range(0, len(jobs), _CHUNK):
        chunk = jobs[start : start + _CHUNK]
        pipe = client.pipeline(transaction=False)
        for job_id in chunk:
            pipe.hmget(keys.job(job_id), asked)
        for job_id, values in zip(chunk, pipe.execute(), strict=True):
            named = zip(asked, values, strict=True)
            yield job_id, {name: value for name, value in named if value is not None}
