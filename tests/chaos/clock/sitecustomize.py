"""Lets a test move the wall clock of a process: `CHAOS_CLOCK` names a file that holds the shift in seconds.

Python loads this before anything else, so libraries that took `time.time` for themselves have the moved one too.
"""

import os
import time

_file = os.environ.get("CHAOS_CLOCK")
_true = time.time


def _moved() -> float:
    try:
        with open(_file) as shift:  # type: ignore[arg-type]  # noqa: PTH123  nothing may be imported this early
            return _true() + float(shift.read() or 0)
    except (OSError, ValueError):
        return _true()


if _file:
    time.time = _moved
