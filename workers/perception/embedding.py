"""The network that tells people apart, run once for a face (docs/decisions/0034-embedding.md).

What it sees differs less between two photos of one person than anything else here, so face shape and gender are read from it. Its
numbers say who somebody is: they are read by the heads and forgotten, and no answer, log or store ever holds them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.crop import Crop
from workers.perception.networks import Floats, NamedNetwork
from workers.perception.photo import Pixels
from workers.perception.points import EYE_INNER, EYE_OUTER, NOSE_BASE
from workers.perception.window import Points

CHIP = 150
_POINTS = (EYE_OUTER.left, EYE_INNER.left, EYE_INNER.right, EYE_OUTER.right, NOSE_BASE)
# Where these lie on the pictures that the network was taught with, in pixels from the middle of a chip: the mean of 400 faces that dlib had
# aligned by its own five points, both halves alike.
_PLACES = np.array([(-38.8, -29.5), (-14.8, -27.4), (14.8, -27.4), (38.8, -29.5), (0.0, 10.8)])
# The face at that scale, and smaller, so that jaw and hair are seen whole.
_SCALES = (1.0, 0.85)


class EmbeddingReader:
    """Loads the network once.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the manifest, or not valid.
    """

    def __init__(self, threads: int = 1) -> None:
        self._network = NamedNetwork("face-embedding", ("embedding", "grid"), threads)

    def read(self, head: Crop) -> dict[str, Floats]:
        """`embedding`, 2 × 128 numbers, and `grid`, the left half of the last map but one, 2 × 4 × 2 cells of 256 channels.

        Two scales; either is the mean of the face's and of its mirror image's.
        """
        chips = np.array([chip(head, scale) for scale in _SCALES])
        found = self._network(pixels=np.concatenate([chips, chips[:, :, ::-1]]).astype(np.float32))
        both = {name: np.asarray((one[:2] + one[2:]) / 2, np.float32) for name, one in found.items()}
        grid = both["grid"]
        half = grid.shape[2] // 2
        left = (grid[:, :, :half] + grid[:, :, : half - 1 : -1]) / 2
        return {"embedding": both["embedding"].ravel(), "grid": np.asarray(left, np.float32).ravel()}


def chip(head: Crop, scale: float = 1.0) -> Pixels:
    """The face as the network wants it, 150 × 150 × 3: eyes and nose in their places as nearly as turning and scaling can bring them."""
    turn = _similarity(head.points[list(_POINTS)], _PLACES * scale + (CHIP - 1) / 2)
    cut = cv2.warpAffine(
        head.rgb, turn, (CHIP, CHIP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return cut.astype(np.uint8, copy=False)


def _similarity(points: Points, places: Points) -> NDArray[np.float64]:
    """The turn, scale and shift that bring points nearest to places in least squares, 2 × 3 (Umeyama 1991)."""
    # In the plane of complex numbers turn and scale are one factor.
    own, wanted = (one @ (1, 1j) for one in (points, places))
    away = own - own.mean()
    factor = np.vdot(away, wanted - wanted.mean()) / np.vdot(away, away)
    shift = wanted.mean() - factor * own.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
