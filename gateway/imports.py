"""Imports of catalogues: a table and its pictures become a new version, as a job with a report of every row."""

import contextlib
from typing import Any

from flask import Blueprint, Request, Response, jsonify, request, url_for
from pydantic import ValidationError

from gateway.access import caller
from gateway.answers import ImportList, ImportView
from gateway.door import Door, open_door
from gateway.once import once
from gateway.spec import Scope, operation
from gateway.uploads import wrong_options
from shared.errors import (
    ExpertGlassesError,
    InvalidRequestError,
    UnsupportedBodyError,
    UnsupportedMediaError,
)
from shared.records import imports
from shared.records.imports import Import, Order

routes = Blueprint("imports", __name__, url_prefix="/v1/catalogues")
_LISTED = 100
_FORM = {
    "type": "object",
    "properties": {
        "table": {"type": "string", "contentMediaType": "application/octet-stream"},
        "images": {"type": "string", "contentMediaType": "application/zip"},
        "options": {"type": "string", "contentMediaType": "application/json", "contentSchema": Order},
    },
    "required": ["table", "options"],
    "additionalProperties": False,
}


@routes.post("")
@operation(
    "Import a catalogue: a CSV or Parquet table, and pictures as a zip.",
    Scope.CATALOGUES,
    {202: ImportView},
    name="importCatalogue",
    creates=True,
    headers={"Idempotency-Key": "Sent again, the same request makes no second import."},
    body={"multipart/form-data": _FORM},
    told={"Location": "The import."},
)
def create() -> Response:
    """Nothing is put in force before every row was looked at, and nothing at all with `validate_only`."""
    door = open_door()
    order, table, pictures = _read(request, door)
    parts = [order.model_dump_json().encode(), table, pictures or b""]
    key, kept = request.headers.get("Idempotency-Key"), door.config.idempotency_seconds
    with once(door.client, caller().tenant, key, parts, kept) as claim:
        if not claim.repeated:
            claim.made = door.imports.new_id()
            _accept(door, claim.made, order, table, pictures)
    answer = jsonify(_view(door.imports.read(claim.made, caller().tenant)))
    answer.status_code = 202
    answer.headers.update(claim.headers or {})
    answer.headers["Location"] = url_for("imports.read", import_id=claim.made)
    return answer


@routes.get("/imports")
@operation(
    "Your imports of the last week, newest first.", Scope.CATALOGUES, {200: ImportList}, name="listImports"
)
def listing() -> Response:
    """At most the last hundred."""
    found = open_door().imports.all(caller().tenant, _LISTED)
    return jsonify(imports=[_view(one) for one in found])


@routes.get("/imports/<import_id>")
@operation(
    "An import, with its report once it has ended.", Scope.CATALOGUES, {200: ImportView}, name="readImport"
)
def read(import_id: str) -> Response:
    """How far it is and what came of it."""
    found = open_door().imports.read(import_id, caller().tenant)
    answer = jsonify(_view(found))
    if found.finished is None:
        answer.headers["Retry-After"] = "1"
    return answer


def _read(asked: Request, door: Door) -> tuple[Order, bytes, bytes | None]:
    if asked.mimetype != "multipart/form-data":
        raise UnsupportedBodyError("Send multipart/form-data with a table.")
    asked.max_content_length = door.config.max_catalogue_bytes
    if unknown := (set(asked.files) - {"table", "images"}) | (set(asked.form) - {"options"}):
        raise InvalidRequestError(
            f"Unknown parts: {', '.join(sorted(unknown))}. Send table, images and options."
        )
    table = asked.files.get("table")
    if table is None:
        raise InvalidRequestError("The form needs a file named table.")
    try:
        order = Order.model_validate_json(asked.form.get("options", "{}"))
    except ValidationError as error:
        raise wrong_options(error) from None
    pictures = asked.files.get("images")
    packed = pictures.read() if pictures else None
    if packed is not None and not packed.startswith(b"PK"):
        raise UnsupportedMediaError("The pictures come as a zip.")
    return order, table.read(), packed


def _accept(door: Door, import_id: str, order: Order, table: bytes, pictures: bytes | None) -> None:
    """Files, record, queue; on failure, nothing."""
    owner = caller().tenant
    try:
        with door.blobs() as blobs:
            blobs.put(import_id, imports.TABLE, table)
            if pictures is not None:
                blobs.put(import_id, imports.IMAGES, pictures)
        # By its content: what a client calls its file says nothing.
        door.imports.create(import_id, owner, order, "parquet" if table.startswith(b"PAR1") else "csv")
        door.send(imports.TASK, imports.QUEUE, import_id)
    except BaseException:
        with contextlib.suppress(ExpertGlassesError), door.blobs() as blobs:
            blobs.delete(import_id)
        door.imports.remove(import_id, owner)
        raise


def _view(found: Import) -> dict[str, Any]:
    where = {"self": url_for("imports.read", import_id=found.id)}
    return {**found.model_dump(mode="json"), "links": where}
