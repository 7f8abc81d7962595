"""The facets of frames on their way into a snapshot."""

import math
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.facets import COLORS, GENDERS, MATERIALS, RECORD, RIMS, SHAPES, UNTOLD, Facets
from shared.contracts import COLOR_FEATURES

if TYPE_CHECKING:
    from workers.search.importing.writer import FrameRow

_TOLD = 0.5  # what a photo hints at more weakly is no reason to pass a filter
_COLOR_PLACES = [COLOR_FEATURES.index(name) for name in COLORS]


def facets_of(
    frames: Sequence["FrameRow"],
    shape: NDArray[np.float64],
    color: NDArray[np.float64],
    brand_code: Callable[[str], int],
) -> Facets:
    """The records of some frames.

    Of the details, `shape`, `rim`, `material` and `color` count where they are words of the features, else the
    vectors do; `brand`, `price`, `lens_width`, `in_stock` and `model` are taken as they are.

    Args:
        frames: A frame of gender `unisex` is for both; else the sign in the vector tells whose it is.
        shape: (frames, 31), the frames' shape numbers.
        color: (frames, 15), the frames' colour numbers.
        brand_code: Numbers brands from 1.
    """
    records = np.zeros(len(frames), RECORD)
    told = [frame.details for frame in frames]
    for name, known, block in (
        ("shape", SHAPES, shape[:, 0:10]),
        ("rim", RIMS, shape[:, 10:13]),
        ("material", MATERIALS, shape[:, 28:30]),
        ("color", COLORS, color[:, _COLOR_PLACES]),
    ):
        codes = {word: code for code, word in enumerate(known)}
        seen = np.where(block.max(axis=1) >= _TOLD, block.argmax(axis=1), UNTOLD).tolist()
        records[name] = [codes.get(str(details.get(name)), seen[i]) for i, details in enumerate(told)]
    both, signs = GENDERS.index("unisex"), (shape[:, 30] > 0).tolist()
    records["gender"] = [
        both if frame.gender == "unisex" else int(sign) for frame, sign in zip(frames, signs, strict=True)
    ]
    records["stock"] = [UNTOLD if of.get("in_stock") is None else bool(of["in_stock"]) for of in told]
    records["brand"] = [brand_code(str(of["brand"])) if of.get("brand") else 0 for of in told]
    records["price"] = [_number(of.get("price")) for of in told]
    records["lens_width"] = [_number(of.get("lens_width")) for of in told]
    # A frame that names no model is a model of its own; the prefix keeps the two kinds of names apart.
    models = (f"m{of.get('brand') or ''}\n{of['model']}" if of.get("model") else "" for of in told)
    records["model"] = [_hash(model or f"f{frame.id}") for model, frame in zip(models, frames, strict=True)]
    return records


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else math.nan


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)
