"""What to say when no frame passes the filters."""

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.catalogues.facets import tests
from shared.contracts import JobOptions
from shared.scoring.words import words


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
