"""Frames of a catalogue: searched by facets and words, each with its picture and its like."""

import hashlib
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import Field

from gateway import cursors, shelf
from gateway.answers import FramePage, FrameView, SimilarFrames
from gateway.pictures import Width, frame_picture
from gateway.reading import read_query
from gateway.shop import opened
from gateway.spec import Scope, operation
from shared import scoring
from shared.catalogues import Catalogue
from shared.contracts import Filters
from shared.contracts.base import Contract

routes = Blueprint("frames", __name__, url_prefix="/v1/frames")
CatalogueName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


class FrameQuery(Contract):
    """Which catalogue; the one of the service when not given."""

    catalogue: CatalogueName | None = None


class ImageQuery(FrameQuery):
    """How the picture of a frame is wanted; `width` is of a PNG."""

    format: Literal["svg", "png"] = "svg"
    width: Width = 600


class SimilarQuery(FrameQuery):
    """How many like it."""

    limit: int = Field(default=6, ge=1, le=50)


class FramesQuery(Filters):
    """Filters, words of the name, and which page of how many frames."""

    catalogue: CatalogueName | None = None
    q: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    limit: int = Field(default=24, ge=1, le=100)
    cursor: Annotated[str, Field(max_length=400)] | None = None


@routes.get("")
@operation(
    "Frames of a catalogue, by filters and words, in pages.",
    Scope.FRAMES,
    {200: FramePage},
    name="listFrames",
    query=FramesQuery,
)
def listing() -> Response:
    """A page of frames with the facets of all that match."""
    query = read_query(request, FramesQuery)
    catalogue = opened(query.catalogue)
    chosen = shelf.choose(catalogue, Filters.model_validate(_filters(query)), query.q)
    after = cursors.decode(query.cursor)
    places = chosen[chosen > catalogue.before(after)] if after else chosen
    page = [_view(catalogue, int(place)) for place in places[: query.limit]]
    return jsonify(
        catalogue=catalogue.name,
        catalogue_version=catalogue.version,
        total=len(chosen),
        facets=shelf.count(catalogue, chosen),
        frames=page,
        next=_next(query, page[-1]["id"]) if len(places) > query.limit else None,
    )


def _filters(query: FramesQuery) -> dict[str, Any]:
    return query.model_dump(include=set(Filters.model_fields), exclude_unset=True)


def _next(query: FramesQuery, last: str) -> str:
    asked = query.model_dump(mode="json", exclude_unset=True, exclude={"cursor"})
    asked |= {name: str(value).lower() for name, value in asked.items() if isinstance(value, bool)}
    return url_for("frames.listing", **asked, cursor=cursors.encode(last))


@routes.get("/<frame_id>")
@operation("A frame.", Scope.FRAMES, {200: FrameView}, name="readFrame", query=FrameQuery)
def read(frame_id: str) -> Response:
    """A frame as the catalogue tells it."""
    catalogue = opened(read_query(request, FrameQuery).catalogue)
    return jsonify(_view(catalogue, catalogue.find(frame_id)))


@routes.get("/<frame_id>/image")
@operation(
    "A frame from the front on a transparent ground.",
    Scope.FRAMES,
    {200: ("image/svg+xml", "image/png"), 304: None},
    name="readFrameImage",
    query=ImageQuery,
    headers={"If-None-Match": "The ETag of the last answer."},
)
def image(frame_id: str) -> Response:
    """Drawn from what the catalogue tells; the same for everybody, so it may be kept for a day."""
    query = read_query(request, ImageQuery)
    catalogue = opened(query.catalogue)
    spec = shelf.spec_of(catalogue, catalogue.find(frame_id))
    data = frame_picture(spec, query.format, query.width)
    answer = Response(data, content_type=_MEDIA[query.format])
    answer.headers["Cache-Control"] = "private, max-age=86400"
    # A drawing is opened as a document by whoever follows its link: nothing in it may run.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.set_etag(hashlib.sha256(data).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@routes.get("/<frame_id>/similar")
@operation(
    "Frames like a frame.", Scope.FRAMES, {200: SimilarFrames}, name="similarFrames", query=SimilarQuery
)
def similar(frame_id: str) -> Response:
    """By the numbers that searches compare."""
    query = read_query(request, SimilarQuery)
    catalogue = opened(query.catalogue)
    found = scoring.similar(catalogue, catalogue.find(frame_id), query.limit)
    frames = [{**_view(catalogue, place), "similarity": score} for place, score in found]
    return jsonify(catalogue=catalogue.name, catalogue_version=catalogue.version, frames=frames)


def _view(catalogue: Catalogue, place: int) -> dict[str, Any]:
    told = catalogue.tell(place)
    where = {"frame_id": told["id"], "catalogue": catalogue.name}
    names = {"self": "frames.read", "image": "frames.image", "similar": "frames.similar"}
    view = {name: told[name] for name in ("id", "name", "gender", "details", "image_url")}
    return {**view, "links": {name: url_for(endpoint, **where) for name, endpoint in names.items()}}
