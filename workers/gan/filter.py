"""The generator as a filter for the command line."""

from pathlib import Path
from typing import Any

from shared.contracts import Generate, Wish
from workers.gan.design import design


def design_line(line: dict[str, Any], out: Path) -> dict[str, Any]:
    """Draw the frames one line asks for.

    Args:
        line: `shape` (31), `color` (15) and optionally `seed` and `count`.
        out: Folder of the images, made when missing; a file is called after its seed and place.

    Raises:
        pydantic.ValidationError: A vector or number is not valid.
        InvalidRequestError: The wish asks for nothing.
        ModelNotInstalledError: The generator's weights are missing.
        ModelDamagedError: They are not those in the list.
    """
    wish = Wish(shape=line.get("shape", ()), color=line.get("color", ()))
    asked = Generate(**{key: line[key] for key in ("seed", "count") if key in line})
    made, files = design(wish, asked)
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / f"{made.seed}-{name}" for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    told = made.model_dump(
        mode="json", include={"seed", "status", "readings", "width_mm", "mm_per_pixel", "model"}
    )
    return {"images": [str(path) for path in paths], **told}
