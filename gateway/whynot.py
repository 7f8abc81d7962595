"""Why a frame is not among the matches of a job: what excluded it, or what it misses of the wish."""

from flask import Blueprint, Response, jsonify

from gateway.door import open_door
from gateway.shop import opened
from gateway.spec import Scope, operation
from shared.contracts import WhyNot
from shared.errors import NotSearchedYetError
from shared.scoring import why_not

routes = Blueprint("whynot", __name__, url_prefix="/v1/jobs")


@routes.get("/<job_id>/why-not/<frame_id>")
@operation("Why a frame is not among the matches.", Scope.JOBS, {200: WhyNot}, name="whyNot")
def explain(job_id: str, frame_id: str) -> Response:
    """Its rank where it is shown after all; else the filters it fails, its score, and what it misses."""
    job = open_door().read(job_id)
    if job.wish is None or job.matches is None:
        raise NotSearchedYetError
    catalogue = opened(job.options.catalogue)
    place = catalogue.find(frame_id)
    told = why_not(catalogue, place, job.wish, job.options, job.matches)
    return jsonify(told.model_dump(mode="json"))
