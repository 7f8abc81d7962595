"""Stages that do everything a real one does but think: they read the photo, take their time, store an image.

`CHAOS_GATE`: perception waits until that file exists, so that jobs can be gathered. `CHAOS_SLEEP`: how long each
stage works. A job that asks for `POISON` frames kills the process that takes it.
"""

import os
import signal
import time
from pathlib import Path

from outputs import OUTPUTS

from shared.broker import make_app
from shared.contracts import Stage
from shared.contracts.base import Contract
from shared.stage import Work, stage

POISON = 13
IMAGE = "design-0.png"
app = make_app()
_served = Stage(os.environ.get("CHAOS_STAGE", "perception"))
_gate = Path(os.environ.get("CHAOS_GATE", "/"))


@stage(app, _served, prepare=dict)
def run(work: Work) -> Contract:
    """Work a moment."""
    if _served is Stage.PERCEPTION:
        assert all(work.photos())
        while not _gate.exists():
            time.sleep(0.01)
    if work.job.options.limit == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(os.environ.get("CHAOS_SLEEP", "0")))
    if _served is Stage.GAN:
        work.keep_image(IMAGE, b"a drawing" * 200)
    return OUTPUTS[_served]
