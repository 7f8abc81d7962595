"""Notices that this worker has stopped taking messages, whatever the reason, and ends it so that it is started again.

Seen: a soft limit that struck a child between two tasks, after the broker had stood still, left the consumer
believing for ever that its hands were full. Heartbeats went on, and the queue grew.
"""

import os
import signal
import time
from typing import Any

import redis
from celery import signals
from celery.worker import state

from shared.contracts import Stage
from shared.telemetry import logger

log = logger(__name__)

_IDLE_SECONDS = 5.0  # a worker with nothing in hand takes what waits within one blocking read of a second
_END_SECONDS = 5.0


class Watch:
    """When this worker last took something from its queue, and when it last had something in hand.

    Args:
        stage: Whose queue it serves.
        busy_seconds: How long a task in hand may keep it from taking another; above the hard limit.
    """

    def __init__(self, stage: Stage, busy_seconds: float) -> None:
        self._stage = stage
        self._busy_seconds = busy_seconds
        self._last = self._busy = time.monotonic()
        self._ending = False
        signals.task_received.connect(self._took, weak=False)
        signals.worker_shutting_down.connect(self._ends, weak=False)

    def _took(self, **_: Any) -> None:
        self._last = time.monotonic()

    def _ends(self, **_: Any) -> None:
        self._ending = True

    def stuck(self, client: redis.Redis) -> bool:
        """Whether messages wait that this worker should have taken by now."""
        now = time.monotonic()
        if self._ending or client.llen(self._stage) == 0:
            self._last = now
            return False
        if state.reserved_requests:  # those at work among them
            self._busy = now
            return now - self._last > self._busy_seconds
        return now - max(self._last, self._busy) > _IDLE_SECONDS

    def look(self, client: redis.Redis) -> None:
        """End this worker if it is stuck; whoever supervises it starts it again."""
        if not self.stuck(client):
            return
        log.error("consumer_stuck", stage=str(self._stage), in_hand=len(state.reserved_requests))
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_END_SECONDS)
        os._exit(os.EX_TEMPFAIL)  # it could not even end; nothing is in hand that the sweeper would not find
