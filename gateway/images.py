"""Images of a job: what stages made, the photo itself, and any frame on the face."""

import hashlib
import re
from collections.abc import Callable

from flask import Blueprint, Response, request

from gateway import shelf
from gateway.door import Door, open_door
from gateway.pictures import Format, Width, plain_view, wear
from gateway.reading import read_query
from gateway.shop import opened
from gateway.spec import Scope, operation
from shared.contracts import Job
from shared.contracts.base import Contract
from shared.errors import BlobMissingError, ImageNotFoundError
from shared.eyewear.spec import FrameSpec
from shared.photos import inspect

routes = Blueprint("images", __name__, url_prefix="/v1/jobs/<job_id>")
_DESIGN = re.compile(r"^design-(\d{1,2})$", re.ASCII)
_PICTURES = ("image/png", "image/jpeg", "image/webp")


class TryOnQuery(Contract):
    """How a try-on is wanted."""

    format: Format = "webp"
    width: Width | None = None


@routes.get("/images/<name>")
@operation("An image that a stage made.", Scope.JOBS, {200: _PICTURES}, name="readImage")
def image(job_id: str, name: str) -> Response:
    """An image that a stage made; the uploaded photo is not among them."""
    door = open_door()
    if name not in door.read(job_id).images:
        raise ImageNotFoundError
    data = _stored(door, job_id, name)
    kind = inspect(data, max_pixels=door.config.max_photo_pixels, min_side=1).media_type
    return Response(data, content_type=kind)


@routes.get("/photo")
@operation("The photo, upright and without metadata.", Scope.JOBS, {200: ("image/jpeg",)}, name="readPhoto")
def photo(job_id: str) -> Response:
    """The photo as its owner sees it: upright, reduced, nothing but pixels."""
    door = open_door()
    door.read(job_id)
    return Response(_view(door, door.records.photo_job(job_id)), content_type="image/jpeg")


@routes.get("/try-on/<frame_id>")
@operation(
    "A frame on the face: one of the job's catalogue, or `design-N`.",
    Scope.JOBS,
    {200: _PICTURES},
    name="tryOn",
    query=TryOnQuery,
)
def worn(job_id: str, frame_id: str) -> Response:
    """Drawn when first asked for, kept with the job."""
    door = open_door()
    job = door.read(job_id)
    query = read_query(request, TryOnQuery)
    place, version, frame = _frame(door, job, frame_id)

    def draw() -> bytes:
        face = job.face
        if face is None or face.landmarks is None:
            raise ImageNotFoundError("The job has no face to put a frame on.")
        view = _view(door, door.records.photo_job(job_id))
        return wear(view, face, frame() if callable(frame) else frame, query.format, query.width)

    name = hashlib.sha256(f"{version} {frame_id} {query.width}".encode()).hexdigest()[:24]
    data = _kept(door, place, f"worn-{name}.{query.format}", draw)
    return Response(data, content_type=f"image/{query.format}")


def _frame(door: Door, job: Job, frame_id: str) -> tuple[str, str, FrameSpec | Callable[[], bytes]]:
    """Where its picture on the face is kept, its version, and what to draw."""
    if match := _DESIGN.match(frame_id):
        images, number = job.design.images if job.design else (), int(match[1])
        if number >= len(images):
            raise ImageNotFoundError("The job has no such design.")
        return job.id, images[number], lambda: _stored(door, job.id, images[number])
    # Jobs of one photo share its try-ons: an edited attribute moves no landmark.
    catalogue = opened(job.options.catalogue)
    spec = shelf.spec_of(catalogue, catalogue.find(frame_id))
    return door.records.photo_job(job.id), catalogue.version, spec


def _view(door: Door, photo_job: str) -> bytes:
    return _kept(door, photo_job, "view.jpg", lambda: plain_view(_stored(door, photo_job, "photo")))


def _kept(door: Door, job_id: str, name: str, make: Callable[[], bytes]) -> bytes:
    """A file of a job, made when first asked for."""
    try:
        return _stored(door, job_id, name)
    except ImageNotFoundError:
        data = make()
    with door.blobs() as blobs:
        blobs.put(job_id, name, data)
        if door.records.owner(job_id) is None:  # deleted meanwhile: nothing of it may come back
            blobs.delete(job_id)
            raise ImageNotFoundError
    return data


def _stored(door: Door, job_id: str, name: str) -> bytes:
    try:
        with door.blobs() as blobs:
            return blobs.get(job_id, name)
    except BlobMissingError:
        raise ImageNotFoundError from None
