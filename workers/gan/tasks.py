"""Binds the generator to its queue."""

from shared.broker import make_app
from shared.contracts import Design, Stage
from shared.stage import Work, stage
from workers.gan.design import design, without_design

app = make_app()


@stage(app, Stage.GAN, prepare=dict, fallback=without_design)
def run(work: Work) -> Design:
    """Wish in, design out."""
    assert work.job.wish is not None, "the expert stage comes first"
    return design(work.job.wish, work.job.options.generate)
