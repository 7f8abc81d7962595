"""Hairline and hair colour: walking up from the forehead until the skin ends."""

import numpy as np
from numpy.typing import NDArray

from workers.perception import points
from workers.perception.sight import Colour, Sight

# Steps of the walk in lengths of the face (chin to the upper end of the mesh); 0 is that upper end.
_STEP = 0.02
_WALK = np.arange(-0.12, 0.42, _STEP)
# How far skin may drift from step to step before it is hair, by the lightness of the skin so that a dark photo
# counts like a light one; lightness itself counts less, as shadows change it.
_SKIN_ENDS = 0.15
_LIGHTNESS_WEIGHT = 0.6
# The first step must look like the cheeks, or hair covers the forehead already.
_COVERED_LIGHTNESS, _COVERED_CHROMA = 0.43, 0.21
# Hair colour is read in this band above the hairline.
_BAND = (0.03, 0.19)

Walk = NDArray[np.float64]


def hairline(sight: Sight) -> float | None:
    """Height of the hairline above the upper end of the mesh, in lengths of the face.

    About -0.12 where hair covers the forehead, 0.0 to 0.1 usually; None where no walk meets hair within the
    photo: a bald head, a hat, a crop that ends at the forehead.
    """
    found = [_skin_ends(walk, sight.skin) for walk in _walks(sight)]
    if sum(height is not None for height in found) <= len(found) // 2:
        return None
    # A walk that met no hair went further than any that did.
    return float(np.median([_WALK[-1] if height is None else height for height in found]))


def hair_colour(sight: Sight) -> Colour | None:
    """CIELAB of the hair just above the hairline, then the same minus the skin's; 6 numbers."""
    line = hairline(sight)
    if line is None or sight.skin is None:
        return None
    low, high = line + _BAND[0], line + _BAND[1]
    band = np.concatenate([walk[(low <= _WALK) & (high >= _WALK)] for walk in _walks(sight)])
    seen = band[~np.isnan(band).any(axis=1)]
    if len(seen) < len(points.FOREHEAD_ARC) * 2:
        return None
    hair = np.median(seen, axis=0)
    return np.concatenate([hair, hair - sight.skin])


def _walks(sight: Sight) -> list[Walk]:
    """The CIELAB colours met on the way up from each point of the forehead's arc; NaN outside the photo."""
    head = sight.head
    upwards = head.points[points.FOREHEAD_TOP] - head.points[points.CHIN]
    walks = []
    for start in points.FOREHEAD_ARC:
        places = np.round(head.points[start] + _WALK[:, np.newaxis] * upwards).astype(int)
        limits = np.array(head.rgb.shape[1::-1])
        within = ((places >= 0) & (places < limits)).all(axis=1)
        x, y = np.clip(places, 0, limits - 1).T
        colours = head.lab[y, x].astype(np.float64)
        colours[~(within & head.inside[y, x])] = np.nan
        walks.append(colours)
    return walks


def _skin_ends(walk: Walk, skin: Colour | None) -> float | None:
    """Where two steps in a row are no longer the colour of those before."""
    if skin is None or np.isnan(walk[0]).any():
        return None
    usual = max(float(skin[0]), 1.0)
    drift = (walk[0] - skin) / usual
    if abs(drift[0]) > _COVERED_LIGHTNESS or np.hypot(*drift[1:]) > _COVERED_CHROMA:
        return float(_WALK[0])
    reference = walk[0].copy()
    for step in range(1, len(walk) - 1):
        if np.isnan(walk[step + 1]).any():
            return None
        if min(_distance(walk[step], reference), _distance(walk[step + 1], reference)) > _SKIN_ENDS * usual:
            return float(_WALK[step])
        # Skin changes slowly from brow to hairline: a short memory follows it.
        reference += (walk[step] - reference) / min(step + 1, 4)
    return None


def _distance(one: Colour, other: Colour) -> float:
    difference = (one - other) * (_LIGHTNESS_WEIGHT, 1.0, 1.0)
    return float(np.linalg.norm(difference))
