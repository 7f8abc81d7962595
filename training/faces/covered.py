"""Teaching the heads `sunglasses` and `mask`: every fourth head of a folder, with something drawn on it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.faces import covers
from training.faces.alter import Random
from training.faces.kept import Block, Kept
from workers.perception.features import FeatureReader
from workers.perception.look import Looker
from workers.perception.photo import Pixels
from workers.perception.sight import Sight
from workers.perception.window import Points

Cover = Callable[[Pixels, Points, Random], Pixels]
# Dark lenses as often as the two that hide the mouth.
_TURNS: tuple[Cover, ...] = (covers.dark_lenses, covers.mask, covers.dark_lenses, covers.hand, covers.mask)
_EVERY = 4


def covered(kept: Kept, file: Path) -> tuple[dict[str, Block], NDArray[np.bool_], NDArray[np.int64]]:
    """Features of covered heads, whether it is the eyes that are covered, and which rows of `kept` they are.

    Faces are found again after the cover is drawn: it moves the mesh, and with it every cut. Made once and kept in
    `file`.
    """
    if not file.exists():
        looker, reader = Looker(), FeatureReader()
        seen = [(number, _sight(kept, number, looker)) for number in range(0, len(kept), _EVERY)]
        found = [(number, reader.read(sight)) for number, sight in seen if sight is not None]
        numbers = [number for number, _ in found]
        eyes = [_cover(number) is covers.dark_lenses for number in numbers]
        blocks = {name: np.array([row[name] for _, row in found], np.float16) for name in found[0][1]}
        np.savez(file, eyes=eyes, rows=numbers, allow_pickle=False, **blocks)
    with np.load(file) as held:
        read: dict[str, Block] = {
            name: held[name].astype(np.float32) for name in held if name not in {"eyes", "rows"}
        }
        return read, held["eyes"], held["rows"]


def _cover(number: int) -> Cover:
    return _TURNS[number // _EVERY % len(_TURNS)]


def _sight(kept: Kept, number: int, looker: Looker) -> Sight | None:
    head = kept.sight(number).head
    rgb = _cover(number)(head.rgb, head.points, np.random.default_rng((7, number)))
    meshes = looker.faces(rgb)
    return looker.look(rgb, meshes[0]) if meshes else None
