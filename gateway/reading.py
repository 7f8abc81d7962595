"""Reads queries and JSON bodies by their models; what is wrong is told by name, never by value."""

from collections.abc import Iterable
from typing import Any, TypeVar, get_origin

from flask import Request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from shared.errors import InvalidRequestError, UnsupportedBodyError

Model = TypeVar("Model", bound=BaseModel)
JSON_BYTES = 64 * 1024


def read_query(request: Request, model: type[Model]) -> Model:
    """The query parameters; lists are given by repetition.

    Raises:
        InvalidRequestError: A parameter is unknown, given twice, or has a wrong value.
    """
    try:
        return model.model_validate(dict(_pairs(request.args, model)))
    except ValidationError as error:
        raise InvalidRequestError("The query is not as described.", errors=listed(error)) from None


def _pairs(given: MultiDict[str, str], model: type[BaseModel]) -> Iterable[tuple[str, Any]]:
    for name, values in given.lists():
        known = model.model_fields.get(name)
        if known is not None and get_origin(known.annotation) is tuple:
            yield name, values
        elif len(values) > 1:
            raise InvalidRequestError(f"The parameter {name[:40]!r} is given {len(values)} times.")
        else:
            yield name, values[0]


def read_json(request: Request, model: type[Model]) -> Model:
    """The JSON body.

    Raises:
        UnsupportedBodyError: It is no JSON by its type.
        InvalidRequestError: It is not as the model describes it.
        werkzeug.exceptions.RequestEntityTooLarge: It is larger than any sensible one.
    """
    if request.mimetype != "application/json":
        raise UnsupportedBodyError("Send application/json.")
    request.max_content_length = JSON_BYTES
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise InvalidRequestError("The body is not as described.", errors=listed(error)) from None


def listed(error: ValidationError) -> list[dict[str, str]]:
    """Where and why, never the value that was sent."""
    items = error.errors(include_input=False, include_url=False, include_context=False)
    return [{"name": ".".join(map(str, item["loc"])), "reason": item["msg"]} for item in items]
