"""Frames like a frame."""

import numpy as np

from shared.catalogues import Catalogue
from shared.catalogues.facets import GENDERS
from shared.scoring.published import unit
from shared.scoring.ranking import ranked
from shared.scoring.tables import Form, Query


def similar(catalogue: Catalogue, place: int, limit: int) -> list[tuple[int, float]]:
    """Frames for the same gender that are like one, best first, one of each model.

    Likeness is the mean of the cosines of the 30 shape and of the 15 colour numbers, from −1 to 1.

    Args:
        catalogue: Where they are.
        place: The frame's position in it.
        limit: How many.

    Returns:
        Positions and likeness; other colours of the frame's own model are left out.
    """
    query = Query(
        form=Form.PUBLISHED,
        blocks=((0, 30, unit(np.array(catalogue.shape[place, :30])) / 2),),
        color=unit(np.array(catalogue.color[place])) / 2,
        product=False,
    )
    gender = {"unisex": "any"}.get(whose := GENDERS[int(catalogue.facets["gender"][place])], whose)
    own, count = catalogue.models.of_frame[place], 4 * (limit + 1)
    while True:
        found = ranked(catalogue, gender, query, count)
        firsts = catalogue.models.firsts(found.places)
        firsts = firsts[catalogue.models.of_frame[found.places[firsts]] != own][:limit]
        if len(firsts) == limit or len(found.places) < count:
            pairs = zip(found.places[firsts].tolist(), found.scores[firsts].tolist(), strict=True)
            return [(other, round(likeness, 6)) for other, likeness in pairs]
        count *= 4
