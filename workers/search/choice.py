"""Which frames are shown: one of each model, and for `balanced` frames that differ."""

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.scoring import Ranked, ranked
from shared.scoring.tables import Query
from shared.scoring.varied import pool_of, varied

Passed = NDArray[np.bool_]


def best_models(
    catalogue: Catalogue, gender: str, query: Query, limit: int, passed: Passed | None = None
) -> Ranked:
    """The best frames, each model by its best colour only.

    Args:
        catalogue: Where to look.
        gender: `female`, `male`, `unisex` or `any`.
        query: What is looked for.
        limit: How many.
        passed: (frames,) which frames of the catalogue come into question.
    """
    count = 4 * limit
    while True:
        found = ranked(catalogue, gender, query, count, passed)
        firsts = catalogue.models.firsts(found.places)[:limit]
        if len(firsts) == limit or len(found.places) < count:
            return Ranked(found.places[firsts], found.scores[firsts])
        count *= 4


def varied_models(
    catalogue: Catalogue, gender: str, query: Query, limit: int, passed: Passed | None = None
) -> Ranked:
    """Of the best frames those that repeat each other least, best score first; else as `best_models`."""
    pool = pool_of(catalogue, gender, query, limit, passed)
    firsts = catalogue.models.firsts(pool.places)
    places, scores = pool.places[firsts], pool.scores[firsts]
    chosen = varied(scores, pool.looks[firsts], limit)
    return Ranked(places[chosen], scores[chosen])
