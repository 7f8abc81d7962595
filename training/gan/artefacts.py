"""What no frame has: loose parts, holes, a rim that does not close."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Rgba = NDArray[np.uint8]

_SEEN, _CLEAR, _SOLID = 12, 6, 110  # alpha, 0 to 255: of something (clear glass has 24), of nothing, of a rim
_SPECK = 0.001  # of the frame's pixels: smaller parts and holes are not seen
_NOSE_MM = 18.0  # so near to the middle pads and bridges close off bits of ground
_CANVAS_MM = 160.0
_LENS = 0.02  # of the canvas: the least a lens takes
_TINTED = 0.2  # of the canvas is opaque: the lenses are too, and there is nothing to let out


class Artefacts(NamedTuple):
    """What is wrong with one picture.

    Attributes:
        loose: Parts that hang on nothing.
        holes: Places inside a lens or a rim where nothing is at all.
        open_rim: Whether the rim of a full-rim frame lets the lens out; False where there is no such rim.
        ragged: Length of the outline over that of the outline smoothed by 2 mm; 1 is smooth.
    """

    loose: bool
    holes: bool
    open_rim: bool
    ragged: float


def artefacts(pixels: Rgba, *, full_rim: bool) -> Artefacts:
    """Look at one whole frame (h, w, 4), straight alpha.

    Args:
        pixels: The canvas.
        full_rim: Whether a closed rim was asked for.
    """
    alpha = pixels[..., 3]
    least = _SPECK * max(1, int((alpha > _SEEN).sum()))
    return Artefacts(
        loose=len(_parts(alpha > _SEEN, least)) > 1,
        holes=bool(_holes(alpha, least)),
        open_rim=full_rim and not _closed(alpha),
        ragged=_raggedness(alpha),
    )


def _parts(mask: NDArray[np.bool_], least: float) -> list[int]:
    """Pixels of each connected part that is large enough."""
    _, _, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return [int(size) for size in facts[1:, cv2.CC_STAT_AREA] if size >= least]


def _holes(alpha: NDArray[np.uint8], least: float) -> list[int]:
    """Clear places that the ground does not reach, away from the nose."""
    clear = alpha <= _CLEAR
    inside = clear & ~_ground(clear)
    middle, reach = alpha.shape[1] // 2, round(_NOSE_MM / _CANVAS_MM * alpha.shape[1])
    inside[:, middle - reach : middle + reach] = False
    return _parts(inside, least)


def _closed(alpha: NDArray[np.uint8]) -> bool:
    """Whether both lenses are walled in: what the ground cannot reach through less than a rim."""
    if (alpha >= _SOLID).mean() > _TINTED:
        return True
    inside = (alpha < _SOLID) & ~_ground(alpha < _SOLID)
    middle = alpha.shape[1] // 2
    sides = inside[:, :middle], inside[:, middle:]
    return all(max(_parts(side, 1), default=0) > _LENS * alpha.size for side in sides)


def _ground(clear: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The clear places that hang together with the border."""
    edged = np.pad(clear, 1, constant_values=True)
    _, parts = cv2.connectedComponents(edged.astype(np.uint8), connectivity=4)
    return np.asarray(parts == parts[0, 0])[1:-1, 1:-1]


def _raggedness(alpha: NDArray[np.uint8]) -> float:
    """The silhouette's outline against its own smoothed self."""
    mask = (alpha > _SEEN).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return 1.0
    line = max(outlines, key=len)[:, 0].astype(np.float64)
    reach = max(4, round(2 / _CANVAS_MM * alpha.shape[1]))  # 2 mm
    return _length(_smoothed(line, reach // 4)) / _length(_smoothed(line, reach))


def _smoothed(line: NDArray[np.float64], sigma: int) -> NDArray[np.float64]:
    weights = np.exp(-0.5 * (np.arange(-2 * sigma, 2 * sigma + 1) / sigma) ** 2)
    weights /= weights.sum()
    ends = len(weights) // 2
    wrapped = np.concatenate([line[-ends:], line, line[:ends]])
    return np.stack([np.convolve(wrapped[:, axis], weights, "valid") for axis in (0, 1)], axis=1)


def _length(line: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.roll(line, -1, axis=0) - line, axis=1).sum())
