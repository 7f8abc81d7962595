"""The command-line filter: one JSON object in, one out."""

from pathlib import Path
from typing import Any

from shared.errors import InvalidRequestError
from workers.perception.perceiver import Perceiver


def perceive_line(line: dict[str, Any], perceiver: Perceiver) -> dict[str, Any]:
    """Turn `{"photo": path}` into the same with `"face"` added.

    Raises:
        InvalidRequestError: No `photo`, or no file of that name that can be read.
        ExpertGlassesError: What `Perceiver.perceive` raises.
    """
    path = line.get("photo")
    if not isinstance(path, str) or not path:
        raise InvalidRequestError('The line needs "photo": the path of a picture.')
    try:
        photo = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidRequestError(f"The photo {path} cannot be read: {_why(error)}.") from None
    return {**line, "face": perceiver.perceive(photo).model_dump(mode="json")}


def _why(error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or "not a valid path").lower()
