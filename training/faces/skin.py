"""Skin: how light and which undertone, in CIELAB.

The camera's own white balance is taken as it is: balancing by the sclera or by the grey world was tried on
4,200 photos and made two photos of one person less alike, not more (docs/09-perception.md).
"""

import math

from workers.perception.sight import Sight


def skin_lightness(sight: Sight) -> float | None:
    """Individual typology angle in degrees, arctan((L - 50) / b); more is lighter (Chardon et al. 1991)."""
    if sight.skin is None:
        return None
    lightness, _, yellow = sight.skin
    return math.degrees(math.atan2(lightness - 50.0, max(yellow, 1e-3)))


def skin_hue(sight: Sight) -> float | None:
    """Hue angle in degrees, arctan(b / a): small is rosy, large is golden."""
    if sight.skin is None:
        return None
    _, red, yellow = sight.skin
    return math.degrees(math.atan2(yellow, max(red, 1e-3)))
