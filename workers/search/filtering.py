"""Which frames pass the filters, and what to say when none does."""

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.catalogues.facets import tests
from shared.contracts import Filters, JobOptions
from shared.scoring.words import words

_FILTERS_NOTHING = Filters()


def passing(catalogue: Catalogue, filters: Filters) -> NDArray[np.bool_] | None:
    """(frames,) which frames pass; None when nothing is filtered. The gender chooses where to look, not here."""
    if filters == _FILTERS_NOTHING:
        return None
    asked = list(tests(filters, catalogue.brands).values())
    if not asked:
        return None
    passed = asked[0](catalogue.facets)
    for test in asked[1:]:
        passed &= test(catalogue.facets)
    return passed


def reason(catalogue: Catalogue, index: NDArray[np.int64], options: JobOptions) -> str:
    """Why no frame is shown: the filter without which there would be most.

    Args:
        catalogue: Where was looked.
        index: Positions of the frames of the gender.
        options: As asked.
    """
    records = catalogue.facets[index]
    results = {name: test(records) for name, test in tests(options.filters, catalogue.brands).items()}
    without = {
        name: int(np.all([passed for other, passed in results.items() if other != name], axis=0).sum())
        if len(results) > 1
        else len(index)
        for name in results
    }
    worst = max(without, key=lambda name: without[name])
    told = words(options.language)
    helps = told["reason"]["helps"].format(filter=told["filter"][worst], count=without[worst])
    return told["reason"]["none"].format(helps=helps if without[worst] else "").strip()
