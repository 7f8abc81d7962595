"""The generator as a filter for the command line."""

from pathlib import Path
from typing import Any

from shared.contracts import Generate, Wish
from workers.gan.design import design


def design_line(line: dict[str, Any], out: Path) -> dict[str, Any]:
    """Draw the frames one line asks for.

    Args:
        line: `shape` (31), `color` (15) and optionally `seed` and `count`.
        out: Folder of the images, made when missing.

    Raises:
        pydantic.ValidationError: A vector or number is not valid.
        ModelNotInstalledError: The generator's weights are missing.
    """
    wish = Wish(shape=line.get("shape", ()), color=line.get("color", ()))
    asked = Generate(**{key: line[key] for key in ("seed", "count") if key in line})
    drawn = design(wish, asked)
    return {"images": [str(out / name) for name in drawn.images], "seed": drawn.seed, "status": drawn.status}
