"""Sheets to look at: frames, shapes down, rims and finishes across; and frames on faces."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from shared.contracts.face import Face
from shared.eyewear.proportions import sized
from shared.eyewear.render import render_rgba
from shared.eyewear.spec import Bridge, Colour, Finish, FrameSpec, Material, Nose, Rim, Shape, UpperLine
from shared.eyewear.tryon import Photo, try_on

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
# A picture of a head shows this many times the height of its mesh.
_HEAD_ROOM = 1.7
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


def sheet(width: int = 300) -> Photo:
    """The gallery on white: RGB, `width` pixels a frame."""
    tiles = [render_rgba(spec, width, shadow=True) for spec in specimens()]
    rows = [np.hstack(tiles[i : i + len(COLUMNS)]) for i in range(0, len(tiles), len(COLUMNS))]
    page = np.vstack(rows)
    share = cv2.merge([page[..., 3]] * 3)
    white = cv2.add(cv2.multiply(page[..., :3], share, scale=1 / 255), cv2.bitwise_not(share))
    return np.asarray(white, np.uint8)


def tried_on(photo: Photo, face: Face, specs: Sequence[FrameSpec], width: int = 300) -> Photo:
    """One row of a sheet: the head as it is, then with each frame.

    Args:
        photo: RGB, upright.
        face: The face on it, with landmarks.
        specs: What is tried on.
        width: Pixels of each picture, which is square.

    Raises:
        NoFaceError: The face has no landmarks.
    """
    worn = [photo, *(try_on(photo, face, spec) for spec in specs)]
    x0, y0, x1, y1 = _around_head(photo, face)
    return np.hstack(
        [cv2.resize(one[y0:y1, x0:x1], (width, width), interpolation=cv2.INTER_AREA) for one in worn]
    )


def _around_head(photo: Photo, face: Face) -> tuple[int, int, int, int]:
    """The square around the mesh and its surroundings, as far as the photo reaches: x0, y0, x1, y1."""
    height, width = photo.shape[:2]
    mesh = np.array(face.landmarks)[:, :2] * (width, height)
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    side = min(_HEAD_ROOM * float((high - low).max()), height, width)
    x, y = np.clip((low + high) / 2 - side / 2, 0, (width - side, height - side))
    return int(x), int(y), int(x + side), int(y + side)
