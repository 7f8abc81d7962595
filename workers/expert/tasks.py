"""Binds the expert to its queue."""

from collections.abc import Mapping

from shared.broker import connect, make_app
from shared.contracts import Advised, Stage
from shared.stage import Work, stage
from workers.expert import RuleSet, advise, rules_in_force
from workers.expert.published import publish

app = make_app()
_published: list[str] = []  # versions this process has told of; an edited file makes another


def _told(rules: RuleSet) -> RuleSet:
    if rules.version not in _published[-1:]:
        publish(rules, connect(patient=True))
        _published.append(rules.version)
    return rules


def _prepare() -> Mapping[str, str]:
    return {"rules": _told(rules_in_force()).version}


@stage(app, Stage.EXPERT, prepare=_prepare)
def run(work: Work) -> Advised:
    """Face in, wish and explanation out."""
    assert work.job.face is not None, "the perception stage comes first"
    return advise(work.job.face, _told(rules_in_force()), work.job.options.language)
