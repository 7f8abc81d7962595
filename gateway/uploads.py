"""What a client asks for, checked at the door before it costs anything."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from flask import Request
from pydantic import BeforeValidator, ValidationError
from pydantic_core import from_json, to_json

from gateway.reading import JSON_BYTES, listed
from shared.contracts import ATTRIBUTE_VALUES, Face, JobOptions
from shared.contracts.base import Contract
from shared.errors import InvalidOptionError, InvalidRequestError, UnsupportedBodyError
from shared.photos import MOST_PHOTOS, inspect
from shared.settings import Settings

_STATED = ("faceshape", "faceshape_noise", *ATTRIBUTE_VALUES)


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: photos to look at, an address of one, a face that the client states, or another job once more.

    Attributes:
        options: As they were sent; `given` holds the names of those that were.
        photos: The bytes of files, all of one person.
        photo_url: Where the photo is.
        face: Stated attributes; beside `from_job` those that replace what perception saw.
        from_job: The job to take face and photo from.
        given: The options that were sent, by name.
    """

    options: JobOptions
    photos: tuple[bytes, ...] = ()
    photo_url: str | None = None
    face: Face | None = None
    from_job: str | None = None
    given: dict[str, Any] = field(default_factory=dict)

    def parts(self) -> list[bytes]:
        """All of it as bytes: equal orders have equal parts, however they were sent."""
        face = self.face.model_dump_json(exclude_unset=True) if self.face else ""
        texts = (self.options.model_dump_json(), face, self.photo_url or "", self.from_job or "")
        return [*self.photos, *(text.encode() for text in texts), to_json(self.given)]


def _only_attributes(given: Any) -> Any:
    """A client states attributes; landmarks, models and advice are perception's alone to state."""
    return {key: given[key] for key in _STATED if key in given} if isinstance(given, dict) else given


Attributes = Annotated[Face, BeforeValidator(_only_attributes)]


class StatedFace(Contract):
    """The JSON body that enters a job at the expert: attributes as values, or as perception tells them."""

    face: Attributes
    options: JobOptions = JobOptions()


class Rerun(Contract):
    """The JSON body that makes a job from another: from the rules on, with its face and its photo.

    Attributes:
        from_job: Its id.
        face: Attributes to change; the others stay as they were seen.
        options: Options to change; the others stay as they were.
    """

    from_job: str
    face: Attributes | None = None
    options: JobOptions = JobOptions()


class LinkedPhoto(Contract):
    """The JSON body that names the address of a photo (only where the operator allows it)."""

    photo_url: str
    options: JobOptions = JobOptions()


JsonOrder = StatedFace | Rerun | LinkedPhoto
_BY_KEY: dict[str, type[JsonOrder]] = {"from_job": Rerun, "photo_url": LinkedPhoto, "face": StatedFace}


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
    photos = request.files.getlist("photo")
    if not photos:
        raise InvalidRequestError("The form needs a file named photo.")
    if len(photos) > MOST_PHOTOS:
        raise InvalidRequestError(f"{len(photos)} photos; send at most {MOST_PHOTOS} of one person.")
    text = request.form.get("options", "{}")
    try:
        options = JobOptions.model_validate_json(text)
    except ValidationError as error:
        raise wrong_options(error) from None
    files = tuple(photo.read() for photo in photos)
    for data in files:
        inspect(data, max_pixels=config.max_photo_pixels, min_side=config.min_photo_side)
    return Order(options, photos=files)


def _from_json(request: Request) -> Order:
    request.max_content_length = JSON_BYTES
    data = request.get_data()
    try:
        given = from_json(data)
    except ValueError:
        raise InvalidRequestError("The body is no JSON.") from None
    if not isinstance(given, dict):
        raise InvalidRequestError("The body is no JSON object.")
    kind = next((kind for key, kind in _BY_KEY.items() if key in given), StatedFace)
    try:
        body = kind.model_validate_json(data)
    except ValidationError as error:
        if all(item["loc"][:1] == ("options",) for item in error.errors()):
            raise wrong_options(error) from None
        raise InvalidRequestError("The body is not as described.", errors=listed(error)) from None
    return Order(
        body.options,
        photo_url=getattr(body, "photo_url", None),
        face=getattr(body, "face", None),
        from_job=getattr(body, "from_job", None),
        given=given.get("options", {}),
    )


def wrong_options(error: ValidationError) -> InvalidOptionError:
    """The error that names every wrong option."""
    errors = [{**item, "name": item["name"].removeprefix("options.") or "options"} for item in listed(error)]
    return InvalidOptionError("; ".join(f"{e['name']}: {e['reason']}" for e in errors), errors=errors)
