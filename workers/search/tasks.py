"""Binds the search to its queue."""

import zlib
from collections.abc import Mapping

from shared.broker import make_app
from shared.contracts import Matches, Stage
from shared.stage import Work, stage
from workers.search import open_catalogue, search, warm

app = make_app()


def _prepare() -> Mapping[str, str]:
    catalogue = open_catalogue()
    warm(catalogue)
    return {f"catalogue {catalogue.name}": catalogue.version}


@stage(app, Stage.SEARCH, prepare=_prepare)
def run(work: Work) -> Matches:
    """Wish in, matches out."""
    assert work.job.wish is not None, "the expert stage comes first"
    options = work.job.options
    seed = zlib.crc32(work.job.id.encode())
    catalogue = open_catalogue(options.catalogue)
    found = search(catalogue, work.job.wish, options, seed=seed)
    others = tuple(
        search(catalogue, work.job.wish, options, seed=seed, strategy=other)
        for other in dict.fromkeys(options.also)
        if other is not options.strategy
    )
    return found.model_copy(update={"others": others})
