"""The API described: OpenAPI 3.1, made of what each route says of itself and of the contracts."""

import re
from collections.abc import Iterator
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, url_for
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from gateway.spec import Operation, Schema, Scope, operation, operation_of
from shared import __version__
from shared.errors import all_errors

routes = Blueprint("openapi", __name__)
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_REF = "#/components/schemas/"
_ABOUT = (
    "A photo of a face becomes 22 attributes, a wish of 46 numbers with its reasons, frames of a catalogue and a "
    "unique frame. Errors are `application/problem+json` with a stable `code`."
)


def home() -> Response:
    """The links of `/`, for programs."""
    endpoints = {
        "page": "page.home",
        "jobs": "jobs.create",
        "frames": "frames.listing",
        "catalogues": "catalogues.listing",
        "webhooks": "webhooks.listing",
        "strategies": "discovery.strategies",
        "attributes": "discovery.attributes",
        "rules": "discovery.rules",
        "openapi": "openapi.document",
        "live": "health.livez",
        "ready": "health.readyz",
    }
    links = {name: url_for(endpoint) for name, endpoint in endpoints.items()}
    return jsonify(name="ExpertGlasses", version=__version__, links=links)


@routes.get("/openapi.json")
@operation("This document.", Scope.PUBLIC, {200: ("application/json",)}, name="describe")
def document() -> Response:
    """The description of this API."""
    door = current_app.extensions
    if "openapi" not in door:
        door["openapi"] = description(current_app)
    return jsonify(door["openapi"])


def description(app: Flask) -> Schema:
    """The whole document of an application."""
    told = list(_operations(app))
    paths: Schema = {}
    for rule, method, about in told:
        paths.setdefault(path_of(rule), {})[method] = _operation(rule, about)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ExpertGlasses", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": {**_schemas([about for _, _, about in told]), "Problem": _problem()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        about = operation_of(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if about is not None:
                yield rule, method.lower(), about


def path_of(rule: Rule) -> str:
    """A rule's address as OpenAPI writes it."""
    return _CONVERTER.sub(r"{\1}", rule.rule)


def _operation(rule: Rule, about: Operation) -> Schema:
    parameters = [
        *(_parameter(name, "path", {"type": "string", "minLength": 1}) for name in sorted(rule.arguments)),
        *(_query(about.query) if about.query else ()),
        *(
            {**_parameter(n, "header", {"type": "string"}), "description": d}
            for n, d in about.headers.items()
        ),
    ]
    problem = {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}}
    told = {name: {"description": text, "schema": {"type": "string"}} for name, text in about.told.items()}
    answers: Schema = {str(status): _answer(status, answer, told) for status, answer in about.answers.items()}
    described: Schema = {
        "operationId": about.name,
        "summary": about.summary,
        "tags": [rule.endpoint.partition(".")[0]],
        "parameters": parameters,
        "responses": {**answers, "default": {"description": "An error.", "content": problem}},
    }
    if about.body:
        content = {media: {"schema": _resolved(body)} for media, body in about.body.items()}
        described["requestBody"] = {"required": True, "content": content}
    if about.scope is not Scope.PUBLIC:
        described["security"] = [{"key": []}]
    return described


def _parameter(name: str, where: str, schema: Schema) -> Schema:
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, **required, "schema": schema}


def _query(model: type[BaseModel]) -> Iterator[Schema]:
    for name, schema in model.model_json_schema(ref_template=f"{_REF}{{model}}")["properties"].items():
        # Nobody can write null into an address: a parameter that may be missing is left out.
        options = [option for option in schema.pop("anyOf", [schema]) if option.get("type") != "null"]
        schema.pop("default", None) if schema.get("default", "") is None else None
        told = {**{k: v for k, v in schema.items() if k != "anyOf"}, **options[0]}
        yield _parameter(name, "query", told)


def _answer(status: int, answer: type[BaseModel] | tuple[str, ...] | None, told: Schema) -> Schema:
    described: Schema = {"description": _STATUS.get(status, "As asked.")}
    if told:
        described["headers"] = told
    if isinstance(answer, tuple):
        described["content"] = {media: {} for media in answer}
    elif answer is not None:
        described["content"] = {"application/json": {"schema": _resolved(answer)}}
    return described


_STATUS = {201: "Made.", 202: "Accepted.", 204: "Nothing more to say.", 304: "Nothing new."}


def _resolved(schema: Any) -> Any:
    """A schema with each model in it as a reference."""
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return {"$ref": f"{_REF}{schema.__name__}"}
    if isinstance(schema, dict):
        return {name: _resolved(part) for name, part in schema.items()}
    return [_resolved(part) for part in schema] if isinstance(schema, list) else schema


def _models(schema: Any) -> Iterator[type[BaseModel]]:
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        yield schema
    elif isinstance(schema, dict | list):
        for part in schema.values() if isinstance(schema, dict) else schema:
            yield from _models(part)


def _schemas(told: list[Operation]) -> Schema:
    """Requests as they are read, answers as they are written."""
    asked = {model: "validation" for about in told for model in _models(list(about.body.values()))}
    given = {model: "serialization" for about in told for model in _models(list(about.answers.values()))}
    pairs = [*asked.items(), *given.items()]
    _, found = models_json_schema(cast("Any", pairs), ref_template=f"{_REF}{{model}}")
    return cast("Schema", found.get("$defs", {}))


def _problem() -> Schema:
    properties: Schema = {name: {"type": "string"} for name in ("type", "title", "detail")}
    properties |= {"status": {"type": "integer"}, "retryable": {"type": "boolean"}}
    properties["code"] = {"type": "string", "enum": sorted(all_errors())}
    required = ["type", "title", "status", "code", "retryable"]
    return {"type": "object", "properties": properties, "required": required}
