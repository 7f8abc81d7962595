"""The four stages with no compute in them, bound by the real decorator: what is left is the chain itself.

`BARE_STAGE` names the one this process serves; `BARE_SLEEP` how long it works; `BARE_DIE` a job id prefix it
dies on. Used by the integration and chaos tests and by benchmarks/chain.py.
"""

import os
import signal
import time

from outputs import OUTPUTS

from shared.broker import make_app
from shared.contracts import Stage
from shared.contracts.base import Contract
from shared.stage import Work, stage

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
