"""Beard and moustache: how the skin around the mouth differs from the cheeks."""

import numpy as np

from workers.perception import points
from workers.perception.sight import Colour, Sight


def hair_around_mouth(sight: Sight) -> Colour | None:
    """CIELAB of the cheeks minus that of the upper lip, then minus that of the chin; 6 numbers."""
    upper_lip, chin = sight.colour(points.UPPER_LIP), sight.colour(points.CHIN_RING)
    if sight.skin is None or upper_lip is None or chin is None:
        return None
    return np.concatenate([sight.skin - upper_lip, sight.skin - chin])
