"""A job as a client reads it: the record, links, and advice as sentences."""

from datetime import datetime
from typing import Any

from flask import url_for

from shared.advice import spoken
from shared.contracts import Job, Stage
from shared.records.listing import Line

# What each stage adds to a job, by the names a client reads.
RESULTS: dict[Stage, tuple[str, ...]] = {
    Stage.PERCEPTION: ("face",),
    Stage.EXPERT: ("wish", "explanation"),
    Stage.SEARCH: ("matches",),
    Stage.GAN: ("design", "images"),
}


def links(job_id: str) -> dict[str, str]:
    """Where to go from a job; `{frame}` stands for a frame's id or `design-N`."""
    here = url_for("jobs.read", job_id=job_id)
    return {
        "self": here,
        "events": url_for("events.listen", job_id=job_id),
        "cancel": url_for("jobs.cancel", job_id=job_id),
        "photo": url_for("images.photo", job_id=job_id),
        "try_on": f"{here}/try-on/{{frame}}",
        "why_not": f"{here}/why-not/{{frame}}",
    }


def job_view(job: Job, queue: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON of a job; `queue` is its place among those that have not ended."""
    return {**_told(job), "queue": queue, "links": links(job.id)}


def line_view(line: Line) -> dict[str, Any]:
    """The JSON of a job in a list."""
    told = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in line._asdict().items()}
    return {**told, "links": links(line.id)}


def _told(job: Job) -> dict[str, Any]:
    view = job.model_dump(mode="json")
    for part in ("face", "error"):
        if view[part] and view[part].get("advice"):
            view[part]["advice"] = spoken(view[part]["advice"], job.options.language)
    return view


def result_view(job: Job, stage: Stage) -> dict[str, Any]:
    """What a stage added to a job; needs no request, for streams outlive theirs."""
    view = _told(job)
    return {name: view[name] for name in RESULTS[stage]}
