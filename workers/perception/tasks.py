"""Binds perception to its queue."""

from collections.abc import Mapping
from functools import lru_cache

from shared.broker import make_app
from shared.contracts import Face, Stage
from shared.stage import Work, stage
from workers.perception import Perceiver, perceive_together

app = make_app()


@lru_cache(maxsize=1)
def _perceiver() -> Perceiver:
    """Loaded in each child, after the fork."""
    return Perceiver()


def _prepare() -> Mapping[str, str]:
    return _perceiver().versions


@stage(app, Stage.PERCEPTION, prepare=_prepare)
def run(work: Work) -> Face:
    """Photos in, face out."""
    return perceive_together(work.photos(), _perceiver().perceive)
