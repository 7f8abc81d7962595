"""A sheet of frames to look at: shapes down, rims and finishes across."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from shared.eyewear.proportions import sized
from shared.eyewear.render import encode_png, render_rgba
from shared.eyewear.spec import Bridge, Colour, Finish, FrameSpec, Material, Nose, Rim, Shape, UpperLine

# One column each: rim, material, finish, main and second colour, lens tint.
COLUMNS: tuple[tuple[Rim, Material, Finish, Colour, Colour, Colour | None], ...] = (
    (Rim.FULL, Material.PLASTIC, Finish.PLAIN, Colour.BLACK, Colour.BLACK, None),
    (Rim.FULL, Material.PLASTIC, Finish.TORTOISE, Colour.BROWN, Colour.BROWN, None),
    (Rim.FULL, Material.PLASTIC, Finish.CRYSTAL, Colour.PURPLE, Colour.PURPLE, None),
    (Rim.FULL, Material.PLASTIC, Finish.GRADIENT, Colour.BLACK, Colour.TRANSPARENT, None),
    (Rim.FULL, Material.PLASTIC, Finish.TWO_TONE, Colour.RED, Colour.PINK, None),
    (Rim.FULL, Material.WOOD, Finish.PLAIN, Colour.BROWN, Colour.BROWN, None),
    (Rim.FULL, Material.METAL, Finish.PLAIN, Colour.GOLD, Colour.GOLD, Colour.GREEN),
    (Rim.FULL, Material.METAL, Finish.BRUSHED, Colour.GREY, Colour.GREY, None),
    (Rim.SEMI, Material.METAL, Finish.PAINTED, Colour.BLACK, Colour.BLACK, None),
    (Rim.RIMLESS, Material.METAL, Finish.PLAIN, Colour.SILVER, Colour.SILVER, None),
)
_UPPER = {Shape.ROUND: UpperLine.ROUND, Shape.OVAL: UpperLine.ROUND, Shape.WALNUT: UpperLine.ROUND}


def specimens() -> Iterator[FrameSpec]:
    """Every shape in every column's rim and finish, row by row."""
    for row, shape in enumerate(Shape):
        for rim, material, finish, color, second, lens in COLUMNS:
            wire = material is Material.METAL
            yield sized(
                shape=shape,
                rim=rim,
                material=material,
                finish=finish,
                color=color,
                second=second,
                lens_tint=lens,
                upper=_UPPER.get(shape, UpperLine.SMOOTHED),
                bridge=Bridge.DOUBLE
                if wire and shape is Shape.AVIATOR
                else Bridge.KEYHOLE
                if row % 2
                else Bridge.SADDLE,
                nose=Nose.PADS if wire or shape is Shape.CLUBMASTER else Nose.MOULDED,
                thick=0.6 if finish is Finish.PLAIN and material is Material.PLASTIC else 0.0,
                height="medium",
                width="medium",
                seed=31 * row + 5,
            )


def sheet(width: int = 300) -> bytes:
    """The gallery as one PNG, `width` pixels a frame."""
    tiles = [render_rgba(spec, width, shadow=True) for spec in specimens()]
    rows = [np.hstack(tiles[i : i + len(COLUMNS)]) for i in range(0, len(tiles), len(COLUMNS))]
    page = np.vstack(rows)
    share = cv2.merge([page[..., 3]] * 3)
    white = cv2.add(cv2.multiply(page[..., :3], share, scale=1 / 255), cv2.bitwise_not(share))
    return encode_png(np.asarray(white, np.uint8))


def write(path: Path, width: int = 300) -> Path:
    """Write the gallery to `path` and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sheet(width))
    return path
