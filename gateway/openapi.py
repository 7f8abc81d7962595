"""The API's description, made from the contracts: OpenAPI 3.1 at `/openapi.json`."""

from typing import Any

from flask import Blueprint
from pydantic.json_schema import models_json_schema

from shared import __version__
from shared.contracts import Face, Job, JobOptions
from shared.records import Event

routes = Blueprint("openapi", __name__)

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "retryable"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "retryable": {"type": "boolean"},
        "detail": {"type": "string"},
    },
}
_JOB_ID = {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}}
_PREFER = {"name": "Prefer", "in": "header", "schema": {"type": "string", "examples": ["wait=10"]}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(ok: int, schema: dict[str, Any] | None, media: str = "application/json") -> dict[str, Any]:
    content = {"content": {media: {"schema": schema}}} if schema else {}
    problem = {"content": {"application/problem+json": {"schema": _ref("Problem")}}}
    return {
        str(ok): {"description": "As asked.", **content},
        "default": {"description": "A problem (RFC 9457).", **problem},
    }


def _operation(
    summary: str, answers: dict[str, Any], *parameters: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {"summary": summary, "parameters": list(parameters), "responses": answers, **more}


def _create_body() -> dict[str, Any]:
    photo = {
        "type": "object",
        "required": ["photo"],
        "properties": {
            "photo": {"type": "string", "contentMediaType": "application/octet-stream"},
            "options": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": _ref("JobOptions"),
            },
        },
    }
    face = {
        "type": "object",
        "required": ["face"],
        "properties": {"face": _ref("Face"), "options": _ref("JobOptions")},
        "additionalProperties": False,
    }
    return {
        "required": True,
        "content": {"multipart/form-data": {"schema": photo}, "application/json": {"schema": face}},
    }


def document() -> dict[str, Any]:
    """The whole description."""
    _, schemas = models_json_schema(
        [(Job, "serialization"), (JobOptions, "validation"), (Face, "validation"), (Event, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    anything = {"type": "object"}
    image = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}
    job = _answers(200, _ref("Job"))
    return {
        "openapi": "3.1.0",
        "info": {"title": "ExpertGlasses", "version": __version__},
        "paths": {
            "/": {"get": _operation("Links", _answers(200, anything))},
            "/openapi.json": {"get": _operation("This description", _answers(200, anything))},
            "/livez": {"get": _operation("The process answers", _answers(200, anything))},
            "/readyz": {"get": _operation("Everything needed is there", _answers(200, anything))},
            "/v1/jobs": {
                "post": _operation(
                    "Create a job", _answers(202, _ref("Job")), _PREFER, requestBody=_create_body()
                )
            },
            "/v1/jobs/{job_id}": {
                "get": _operation("The job so far", job, _JOB_ID, _PREFER),
                "delete": _operation("Delete everything of a job", _answers(204, None), _JOB_ID),
            },
            "/v1/jobs/{job_id}/cancel": {"post": _operation("Cancel a job", job, _JOB_ID)},
            "/v1/jobs/{job_id}/events": {
                "get": _operation(
                    "Events as they happen",
                    _answers(200, {"type": "string"}, "text/event-stream"),
                    _JOB_ID,
                    last,
                )
            },
            "/v1/jobs/{job_id}/images/{name}": {
                "get": _operation("An image", _answers(200, {"type": "string"}, "image/png"), _JOB_ID, image)
            },
        },
        "components": {"schemas": {**schemas["$defs"], "Problem": _PROBLEM}},
    }


@routes.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Serve the description."""
    return document()


@routes.get("/")
def index() -> dict[str, Any]:
    """Where things are."""
    return {
        "name": "ExpertGlasses",
        "version": __version__,
        "links": {"jobs": "/v1/jobs", "description": "/openapi.json", "ready": "/readyz"},
    }
