"""What a client asks for, checked at the door before it costs anything."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import Request
from pydantic import BeforeValidator, ValidationError

from shared.contracts import ATTRIBUTE_VALUES, Face, JobOptions
from shared.contracts.base import Contract
from shared.errors import InvalidOptionError, InvalidRequestError, UnsupportedBodyError
from shared.photos import inspect
from shared.settings import Settings

_JSON_BYTES = 64 * 1024
_STATED = ("faceshape", *ATTRIBUTE_VALUES)


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: a photo to look at, or a face the client states, and the options."""

    options: JobOptions
    photo: bytes | None = None
    face: Face | None = None


def _only_attributes(given: Any) -> Any:
    """A client states attributes; landmarks, models and advice are perception's alone to state."""
    return {key: given[key] for key in _STATED if key in given} if isinstance(given, dict) else given


class StatedFace(Contract):
    """The JSON body that enters a job at the expert: attributes as values or value/confidence pairs."""

    face: Annotated[Face, BeforeValidator(_only_attributes)]
    options: JobOptions = JobOptions()


def read_order(request: Request, config: Settings) -> Order:
    """Read a request to create a job.

    Raises:
        UnsupportedBodyError: Neither a form nor JSON.
        InvalidRequestError: The photo is missing, or the JSON cannot be read.
        InvalidOptionError: An option is unknown or has a wrong value.
        PhotoError, UnsupportedMediaError: The photo cannot be used.
        werkzeug.exceptions.RequestEntityTooLarge: The body is larger than allowed.
    """
    if request.mimetype == "multipart/form-data":
        return _from_form(request, config)
    if request.mimetype == "application/json":
        return _from_json(request)
    raise UnsupportedBodyError("Send multipart/form-data with a photo, or application/json with a face.")


def _from_form(request: Request, config: Settings) -> Order:
    # A misspelt part must not be lost in silence: its sender would believe it was heard.
    if unknown := (set(request.files) - {"photo"}) | (set(request.form) - {"options"}):
        raise InvalidRequestError(f"Unknown parts: {', '.join(sorted(unknown))}. Send photo and options.")
    photo = request.files.get("photo")
    if photo is None:
        raise InvalidRequestError("The form needs a file named photo.")
    text = request.form.get("options", "{}")
    try:
        options = JobOptions.model_validate_json(text)
    except ValidationError as error:
        raise _wrong_options(error) from None
    data = photo.read()
    inspect(data, max_pixels=config.max_photo_pixels, min_side=config.min_photo_side)
    return Order(options, photo=data)


def _from_json(request: Request) -> Order:
    request.max_content_length = _JSON_BYTES
    try:
        body = StatedFace.model_validate_json(request.get_data())
    except ValidationError as error:
        if all(item["loc"][:1] == ("options",) for item in error.errors()):
            raise _wrong_options(error) from None
        raise InvalidRequestError("The body is not as described.", errors=_listed(error)) from None
    return Order(body.options, face=body.face)


def _listed(error: ValidationError) -> list[dict[str, str]]:
    """Where and why, never the value that was sent."""
    items = error.errors(include_input=False, include_url=False, include_context=False)
    return [{"name": ".".join(map(str, item["loc"])), "reason": item["msg"]} for item in items]


def _wrong_options(error: ValidationError) -> InvalidOptionError:
    errors = [{**item, "name": item["name"].removeprefix("options.") or "options"} for item in _listed(error)]
    return InvalidOptionError("; ".join(f"{e['name']}: {e['reason']}" for e in errors), errors=errors)
