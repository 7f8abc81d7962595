"""The API described: OpenAPI 3.1, schemas from the contracts themselves."""

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, url_for
from pydantic.json_schema import models_json_schema

from gateway.uploads import StatedFace
from shared import __version__
from shared.contracts import Job, JobOptions
from shared.errors import all_errors

routes = Blueprint("openapi", __name__)
Schema = dict[str, Any]
_REF = "#/components/schemas/"


@routes.get("/")
def home() -> Response:
    """Where everything begins."""
    return jsonify(
        name="ExpertGlasses",
        version=__version__,
        links={
            "jobs": url_for("jobs.create"),
            "openapi": url_for("openapi.document"),
            "live": url_for("health.livez"),
            "ready": url_for("health.readyz"),
        },
    )


@routes.get("/openapi.json")
def document() -> Response:
    """The description of this API."""
    return jsonify(description())


def _problem() -> Schema:
    properties: Schema = {name: {"type": "string"} for name in ("type", "title", "detail")}
    properties |= {"status": {"type": "integer"}, "retryable": {"type": "boolean"}}
    properties["code"] = {"type": "string", "enum": sorted(all_errors())}
    required = ["type", "title", "status", "code", "retryable"]
    return {"type": "object", "properties": properties, "required": required}


def _schemas() -> Schema:
    _, found = models_json_schema(
        [(StatedFace, "validation"), (JobOptions, "validation"), (Job, "serialization")],
        ref_template=f"{_REF}{{model}}",
    )
    schemas: Schema = found["$defs"]
    text = {"type": "string"}
    links = {"type": "object", "additionalProperties": text}
    schemas["Job"]["properties"]["links"] = links
    schemas["Job"]["required"].append("links")
    for name in (name for name in schemas if name.startswith("Advice") and "properties" in schemas[name]):
        schemas[name]["properties"]["sentence"] = text
    return {**schemas, "Problem": _problem()}


def _answer(description: str, schema: Schema | None = None, media: str = "application/json") -> Schema:
    content = {"content": {media: {"schema": schema}}} if schema else {}
    return {"description": description, **content}


def _operation(name: str, summary: str, answers: Schema, **more: Any) -> Schema:
    problem = _answer("An error.", {"$ref": f"{_REF}Problem"}, "application/problem+json")
    return {"operationId": name, "summary": summary, **more, "responses": {**answers, "default": problem}}


def _path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _create() -> Schema:
    options: Schema = {"type": "string", "contentMediaType": "application/json"}
    options["contentSchema"] = {"$ref": f"{_REF}JobOptions"}
    photo = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {"photo": photo, "options": options}, "required": ["photo"]}
    body = {
        "multipart/form-data": {"schema": form},
        "application/json": {"schema": {"$ref": f"{_REF}StatedFace"}},
    }
    return _operation(
        "createJob",
        "Accept a photo, or a face that the client states.",
        {"202": _answer("Accepted.", {"$ref": f"{_REF}Job"})},
        parameters=[_header("Prefer", "`wait=N`: stay up to N seconds for the job to end.")],
        requestBody={"required": True, "content": body},
    )


def _jobs() -> Schema:
    job = _answer("The job.", {"$ref": f"{_REF}Job"})
    stream = _answer("Server-sent events.", {"type": "string"}, "text/event-stream")
    wait = _header("Prefer", "`wait=N`: stay up to N seconds for the job to end.")
    since = _header("If-None-Match", "The ETag of the last answer.")
    resume = _header("Last-Event-ID", "The last event the client has.")
    picture = {"description": "The image.", "content": {f"image/{k}": {} for k in ("png", "jpeg", "webp")}}
    return {
        "/v1/jobs": {"post": _create()},
        "/v1/jobs/{job_id}": {
            "parameters": [_path("job_id")],
            "get": _operation(
                "readJob",
                "The job so far.",
                {"200": job, "304": _answer("Nothing new.")},
                parameters=[wait, since],
            ),
            "delete": _operation("deleteJob", "Remove every trace of a job.", {"204": _answer("Gone.")}),
        },
        "/v1/jobs/{job_id}/events": {
            "parameters": [_path("job_id")],
            "get": _operation(
                "listen",
                "Events of a job.",
                {"200": stream, "204": _answer("All seen.")},
                parameters=[resume],
            ),
        },
        "/v1/jobs/{job_id}/cancel": {
            "parameters": [_path("job_id")],
            "post": _operation("cancelJob", "Cancel a job.", {"200": job}),
        },
        "/v1/jobs/{job_id}/images/{name}": {
            "parameters": [_path("job_id"), _path("name")],
            "get": _operation("readImage", "An image that a stage made.", {"200": picture}),
        },
    }


def _house() -> Schema:
    def get(name: str, summary: str) -> Schema:
        return {"get": _operation(name, summary, {"200": _answer("As asked.", {"type": "object"})})}

    return {
        "/": get("home", "Links."),
        "/openapi.json": get("describe", "This document."),
        "/livez": get("live", "Whether this process answers."),
        "/readyz": get("ready", "Whether this service can finish a job."),
    }


@lru_cache(maxsize=1)
def description() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "ExpertGlasses", "version": __version__},
        "paths": {**_house(), **_jobs()},
        "components": {"schemas": _schemas()},
    }
