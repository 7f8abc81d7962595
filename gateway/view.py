"""A job as a client reads it: the record, links, and advice as sentences."""

from typing import Any

from flask import url_for

from shared.advice import sentence
from shared.contracts import Advice, Job


def links(job_id: str) -> dict[str, str]:
    """Where to go from a job."""
    return {
        "self": url_for("jobs.read", job_id=job_id),
        "events": url_for("events.listen", job_id=job_id),
        "cancel": url_for("jobs.cancel", job_id=job_id),
    }


def _spoken(items: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    return [{**item, "sentence": sentence(Advice.model_validate(item), language)} for item in items]


def job_view(job: Job) -> dict[str, Any]:
    """The JSON of a job."""
    view = job.model_dump(mode="json")
    for part in ("face", "error"):
        if view[part] and view[part].get("advice"):
            view[part]["advice"] = _spoken(view[part]["advice"], job.options.language)
    return {**view, "links": links(job.id)}
