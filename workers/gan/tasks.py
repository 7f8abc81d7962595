"""Binds the generator to its queue."""

from collections.abc import Mapping

from shared.broker import make_app
from shared.contracts import Design, Stage
from shared.errors import NotInstalledError
from shared.stage import Work, stage
from shared.telemetry import logger
from workers.gan.design import design, designer, without_design

app = make_app()
log = logger(__name__)


def _prepare() -> Mapping[str, str]:
    """Load in each child, after the fork.

    Without weights the worker is ready all the same: jobs go on without a design, which says why.
    """
    try:
        return designer().versions
    except NotInstalledError as error:
        log.error("no_generator", code=error.code, detail=str(error))  # noqa: TRY400  the sentence is enough
        return {}


@stage(app, Stage.GAN, prepare=_prepare, fallback=without_design)
def run(work: Work) -> Design:
    """Wish in, design out, its pictures in the blob store."""
    assert work.job.wish is not None, "the expert stage comes first"
    made, files = design(work.job.wish, work.job.options.generate)
    for name, data in files.items():
        work.keep_image(name, data)
    return made
