"""The four stages with no compute in them, bound by the real decorator: what is left is the chain itself.

`BARE_STAGE` names the one this process serves; `BARE_SLEEP` how long it works; `BARE_DIE` a job id prefix it
dies on. Used by the integration and chaos tests and by benchmarks/chain.py.
"""

import os
import signal
import time

from shared.broker import make_app
from shared.contracts import (
    Advised,
    Attribute,
    Design,
    DesignStatus,
    Explanation,
    Face,
    Matches,
    Stage,
    Strategy,
    Wish,
)
from shared.contracts.base import Contract
from shared.stage import Work, stage

OUTPUTS: dict[Stage, Contract] = {
    Stage.PERCEPTION: Face(gender=Attribute(value="female", confidence=0.9), faceshape={"oval": 1.0}),
    Stage.EXPERT: Advised(
        wish=Wish(shape=(0.1,) * 31, color=(0.1,) * 15),
        explanation=Explanation(language="en", summary="", text="", rules=()),
        rules_version="bare",
    ),
    Stage.SEARCH: Matches(
        catalogue="bare", catalogue_version="1", strategy=Strategy.STANDART, gender="female", matches=()
    ),
    Stage.GAN: Design(status=DesignStatus.NOT_ASKED),
}

app = make_app()
_served = Stage(os.environ.get("BARE_STAGE", "perception"))
_sleep = float(os.environ.get("BARE_SLEEP", "0"))
_die = os.environ.get("BARE_DIE", "never")


def _bind(which: Stage) -> None:
    @stage(app, which, prepare=dict)
    def run(work: Work) -> Contract:
        if work.job.id.startswith(_die):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(_sleep)
        return OUTPUTS[which]


for _which in Stage if os.environ.get("BARE_ALL") else [_served]:
    _bind(_which)
