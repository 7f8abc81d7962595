"""The colour of hair by its mask: what a head that tells black from brown from grey looks at."""

import cv2
import numpy as np

from workers.perception.crop import Crop
from workers.perception.networks import Floats
from workers.perception.regions import Map, Region
from workers.perception.sight import MIN_PIXELS

# What a colour is measured from, and by: CIELAB of usual hair and skin, and how far people lie from it.
_HAIR, _SKIN = (30.0, 6.0, 10.0), (63.0, 15.0, 20.0)
_HAIR_SPREAD, _SKIN_SPREAD = (15.0, 5.0, 7.0), (10.0, 4.0, 5.0)
_SHARE, _SHARE_SPREAD = 0.2, 0.12
# At the border hair mixes with what is behind it: pixels of the mask that are taken off all around.
_BORDER = 2
# Beyond this many spreads one is as far as another.
_MOST = 3.0


def hair_numbers(head: Crop, regions: Map) -> Floats:
    """Median CIELAB of hair and skin and the share of the cut that is hair, in spreads, then all their products: 35 numbers.

    Light falls on both, so that a product of both tells more than either; a line on colours alone cannot part brown,
    which lies between black and blonde.
    """
    hair = (regions == Region.HAIR) & head.inside
    ground = np.ones((2 * _BORDER + 1,) * 2, np.uint8)
    inner = cv2.erode(hair.astype(np.uint8), ground) > 0
    colours = (
        _placed(head, inner, _HAIR, _HAIR_SPREAD),
        [(hair.mean() - _SHARE) / _SHARE_SPREAD],
        _placed(head, (regions == Region.SKIN) & head.inside, _SKIN, _SKIN_SPREAD),
    )
    own = np.clip(np.concatenate(colours), -_MOST, _MOST)
    rows, columns = np.triu_indices(len(own))
    return np.concatenate([own, own[rows] * own[columns]]).astype(np.float32)


def _placed(head: Crop, mask: np.ndarray, usual: tuple[float, ...], spread: tuple[float, ...]) -> np.ndarray:
    """The median colour within a mask in spreads from the usual one; that one where there is too little to see."""
    pixels = head.lab[mask]
    if len(pixels) < MIN_PIXELS:
        return np.zeros(len(usual))
    return np.asarray((np.median(pixels, axis=0) - usual) / spread)
