"""Binds the expert to its queue."""

from collections.abc import Mapping

from shared.broker import make_app
from shared.contracts import Advised, Stage
from shared.stage import Work, stage
from workers.expert import advise, rules_in_force

app = make_app()


def _prepare() -> Mapping[str, str]:
    return {"rules": rules_in_force().version}


@stage(app, Stage.EXPERT, prepare=_prepare)
def run(work: Work) -> Advised:
    """Face in, wish and explanation out."""
    assert work.job.face is not None, "the perception stage comes first"
    return advise(work.job.face, rules_in_force(), work.job.options.language)
