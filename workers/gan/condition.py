"""From a wish to the 46 numbers that the generator obeys."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES
from shared.errors import InvalidRequestError

Floats = NDArray[np.float32]

FEATURES = (*SHAPE_FEATURES, *COLOR_FEATURES)
# One of each group is meant; the slices are places among the 46. (The published code sliced the colours' places
# out of the shape numbers and so lost rim, height, width, upper line and material.)
GROUPS = {
    "shape": slice(0, 10),
    "rim": slice(10, 13),
    "height": slice(13, 16),
    "width": slice(16, 19),
    "upper": slice(23, 28),
    "material": slice(28, 30),
    "color": slice(31, 45),
}
# A brow-line, walnut or wayfarer frame carries its base shape as strongly as its own name.
_NAMED_FIRST = 1e-9 * np.isin(FEATURES, ("clubmaster", "walnut", "wayfarer"))
_LOWEST, _HIGHEST = -0.1, 1.0
# Known of a frame as yes or no only (angularity: in halves); half a nose pad would be the ghost of one.
_STEPS = {"nose_pads": 1, "top_heavy": 1, "colors_differ": 1, "angular": 2}


def condition(shape: ArrayLike, color: ArrayLike) -> Floats:
    """What to draw: (46,) numbers, or (n, 46) for n wishes.

    Within each group the largest becomes 1 and the rest 0, the first where several are largest, but a named outline
    before the shape that it also counts as (`describe`); what is left is clipped to -0.1 … 1, flags to no and yes.

    Args:
        shape: (31,) or (n, 31) in the order of `SHAPE_FEATURES`.
        color: (15,) or (n, 15) in the order of `COLOR_FEATURES`.

    Raises:
        InvalidRequestError: Wrong lengths, a number that is not finite, or a block that says nothing.
    """
    blocks = [
        _checked(name, block, len(features))
        for name, block, features in (("shape", shape, SHAPE_FEATURES), ("color", color, COLOR_FEATURES))
    ]
    if blocks[0].shape[:-1] != blocks[1].shape[:-1]:
        raise InvalidRequestError("shape and color are not of equally many wishes.")
    wish = np.concatenate(blocks, axis=-1)
    asked = np.clip(wish, _LOWEST, _HIGHEST).astype(np.float32)
    for name, steps in _STEPS.items():
        place = FEATURES.index(name)
        asked[..., place] = np.clip(np.floor(asked[..., place] * steps + 0.5), 0, steps) / steps
    for group in GROUPS.values():
        part = wish[..., group] + _NAMED_FIRST[group]
        asked[..., group] = np.arange(part.shape[-1]) == part.argmax(axis=-1)[..., np.newaxis]
    return asked


def _checked(name: str, block: ArrayLike, length: int) -> NDArray[np.float64]:
    numbers = np.asarray(block, np.float64)
    if numbers.ndim not in {1, 2} or numbers.shape[-1] != length:
        raise InvalidRequestError(
            f"{name} has {numbers.shape[-1] if numbers.ndim else 0} numbers, not {length}."
        )
    if not np.isfinite(numbers).all():
        raise InvalidRequestError(f"{name} holds a number that is not finite.")
    if not numbers.any(axis=-1).all():
        raise InvalidRequestError(f"{name} is all zero: it asks for nothing.")
    return numbers
