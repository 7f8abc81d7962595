"""The command-line filter: one JSON object in, one out."""

from pathlib import Path
from typing import Any

from shared.errors import InvalidRequestError
from workers.perception.perceiver import Perceiver
from workers.perception.together import perceive_together


def perceive_line(line: dict[str, Any], perceiver: Perceiver) -> dict[str, Any]:
    """Turn `{"photo": path}` into the same with `"face"` added; several paths, in a list, are of one person.

    Raises:
        InvalidRequestError: No `photo`, or no file of that name that can be read.
        ExpertGlassesError: What `Perceiver.perceive` raises.
    """
    given: Any = line.get("photo")
    paths: list[str] = given if isinstance(given, list) else [given]
    if not paths or not all(isinstance(path, str) and path for path in paths):
        raise InvalidRequestError('The line needs "photo": the path of a picture.')
    face = perceive_together([_read(path) for path in paths], perceiver.perceive)
    return {**line, "face": face.model_dump(mode="json")}


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidRequestError(f"The photo {path} cannot be read: {_why(error)}.") from None


def _why(error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or "not a valid path").lower()
