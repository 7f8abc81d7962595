"""A job as a client reads it: the record, links, and advice as sentences."""

from typing import Any

from flask import url_for

from shared.advice import sentence
from shared.contracts import TERMINAL, Advice, Job


def view(job: Job) -> dict[str, Any]:
    """The record as JSON, with `links` and with a `sentence` beside each piece of capture advice."""
    body = job.model_dump(mode="json", exclude_none=True)
    language = job.options.language
    for holder in (body.get("face"), body.get("error")):
        for told in (holder or {}).get("advice", []):
            told["sentence"] = sentence(Advice.model_validate(told), language)
    body["links"] = {
        "self": url_for("jobs.read", job_id=job.id),
        "events": url_for("events.listen", job_id=job.id),
        **({} if job.state in TERMINAL else {"cancel": url_for("jobs.cancel", job_id=job.id)}),
        "images": {name: url_for("jobs.image", job_id=job.id, name=name) for name in job.images},
    }
    return body
