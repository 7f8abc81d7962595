"""What a client may ask for: checked at the door, before it costs anything."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Request
from pydantic import ValidationError

from shared.contracts import Face, JobOptions
from shared.errors import InvalidOptionError, InvalidRequestError
from shared.photos import inspect
from shared.settings import Settings


@dataclass(frozen=True)
class Order:
    """A checked request for a job: a photo or a face, and options."""

    options: JobOptions
    photo: bytes | None = None
    face: Face | None = None


def read_order(request: Request, config: Settings) -> Order:
    """Check a request for a job.

    Raises:
        InvalidRequestError: It is neither multipart with a photo nor JSON with a face.
        InvalidOptionError: An option is wrong.
        PhotoError: The photo cannot be used.
        UnsupportedMediaError: The file is no JPEG, PNG or WebP.
    """
    if request.mimetype == "multipart/form-data":
        return _from_form(request, config)
    if request.is_json:
        return _from_json(request)
    raise InvalidRequestError("Send multipart/form-data with a `photo`, or application/json with a `face`.")


def _from_form(request: Request, config: Settings) -> Order:
    if unknown := (set(request.files) - {"photo"}) | (set(request.form) - {"options"}):
        raise InvalidRequestError(f"Unknown parts: {', '.join(sorted(unknown))}. Send `photo` and `options`.")
    photos = request.files.getlist("photo")
    if len(photos) != 1:
        raise InvalidRequestError("Send exactly one file named `photo`.")
    options = _options(_parsed(request.form.get("options", "{}"), "options"))
    data = photos[0].stream.read()
    inspect(data, max_pixels=config.max_photo_pixels, min_side=config.min_photo_side)
    return Order(options, photo=data)


def _from_json(request: Request) -> Order:
    body = _parsed(request.get_data(as_text=True), "body")
    if unknown := set(body) - {"face", "options"}:
        raise InvalidRequestError(f"Unknown keys: {', '.join(sorted(unknown))}. Send `face` and `options`.")
    if not isinstance(body.get("face"), dict):
        raise InvalidRequestError("A JSON request needs a `face` object.")
    options = _options(body.get("options", {}))
    try:
        face = Face.model_validate(body["face"])
    except ValidationError as error:
        raise InvalidRequestError("The face is not valid.", errors=_faults(error)) from None
    return Order(options, face=face)


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRequestError(f"The {what} is not JSON.") from None
    if not isinstance(value, dict):
        raise InvalidRequestError(f"The {what} is not a JSON object.")
    return value


def _options(given: Any) -> JobOptions:
    try:
        return JobOptions.model_validate(given)
    except ValidationError as error:
        faults = _faults(error)
        names = ", ".join(fault["option"] or "options" for fault in faults)
        raise InvalidOptionError(f"Wrong: {names}.", errors=faults) from None


def _faults(error: ValidationError) -> list[dict[str, str]]:
    """Which value is wrong and why; never the value itself."""
    return [
        {"option": ".".join(map(str, e["loc"])), "reason": e["msg"]}
        for e in error.errors(include_input=False)
    ]
