"""One thread and one connection that read the events of every job somebody listens to.

Hundreds of listeners would else hold a connection each and ask twice a second whether anything happened. The thread
waits for all streams at once; a stream of its own wakes it when a listener comes with a job it does not follow yet.
"""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from uuid import uuid4

import redis

from shared.contracts import TERMINAL
from shared.records import Event, Records, keys

BLOCK_SECONDS = (
    0.5  # shorter than the client's socket timeout, so that silence is not taken for a lost broker
)
_LOOK_SECONDS = 1.0  # how soon a job that was deleted, which no event tells, ends its streams
_AWAKE_SECONDS = 60
_Entries = list[tuple[str, dict[str, str]]]


class Feed:
    """The events of one job for one listener: those so far, then those that come.

    Args:
        records: Where the events are.
        job_id: The job.
        after: The last event that the listener has.
    """

    def __init__(self, records: Records, job_id: str, after: str) -> None:
        self._records = records
        self.job_id = job_id
        self._after = after
        self._waiting: queue.SimpleQueue[_Entries | None] = queue.SimpleQueue()
        self._over = False

    def push(self, entries: _Entries | None) -> None:
        """New events; nothing when there will be no more."""
        self._waiting.put(entries)

    def catch_up(self) -> list[Event]:
        """What there is already and the listener has not.

        Raises:
            redis.RedisError: The broker cannot be reached.
        """
        return [self._seen(event) for event in self._records.events(self.job_id, self._after)]

    def take(self, seconds: float) -> list[Event] | None:
        """The next events, none after `seconds` of silence; `None` when there will be no more.

        Raises:
            redis.RedisError: The broker cannot be reached.
        """
        if self._over:
            return None
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                entries = self._waiting.get(timeout=left)
            except queue.Empty:
                break
            if entries is None:  # the job is over: what the last look may have missed
                self._over = True
                return self.catch_up()
            new = [entry for entry in entries if _place(entry[0]) > _place(self._after)]
            if new:  # what was caught up on comes here once more
                return [self._seen(Event.from_stream(*entry)) for entry in new]
        return []

    def _seen(self, event: Event) -> Event:
        self._after = event.id
        return event


class Hub:
    """Reads for all feeds of one process.

    Args:
        records: Where the events are.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._redis = records.redis
        self._feeds: dict[str, set[Feed]] = {}
        self._last: dict[str, str] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._bell = f"eg:wake:{uuid4().hex}"

    @contextmanager
    def follow(self, job_id: str, after: str = "0") -> Iterator[Feed]:
        """A feed of a job's events after `after`.

        Raises:
            redis.RedisError: The broker cannot be reached.
        """
        feed = Feed(self._records, job_id, after)
        self._add(feed, after)
        try:
            yield feed
        finally:
            self._drop(feed)

    def _add(self, feed: Feed, after: str) -> None:
        with self._lock:
            known = self._feeds.setdefault(feed.job_id, set())
            known.add(feed)
            if len(known) > 1:
                return
            self._last[feed.job_id] = after
            if self._thread is None:
                # Not before somebody listens: a process that forks must not have begun it.
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
        pipe = self._redis.pipeline()
        pipe.xadd(self._bell, {"job": feed.job_id}, maxlen=1)
        pipe.expire(self._bell, _AWAKE_SECONDS)
        pipe.execute()

    def _drop(self, feed: Feed) -> None:
        with self._lock:
            known = self._feeds.get(feed.job_id, set())
            known.discard(feed)
            if not known:
                self._feeds.pop(feed.job_id, None)
                self._last.pop(feed.job_id, None)

    # The thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        heard, looked = "0", 0.0
        while True:
            with self._lock:
                last = dict(self._last)
            try:
                heard = self._read(last, heard)
                if time.monotonic() - looked > _LOOK_SECONDS:
                    self._look(list(last))
                    looked = time.monotonic()
            except redis.RedisError:
                self._tell_all(None)  # each listener comes back with the last event it has
                time.sleep(BLOCK_SECONDS)

    def _read(self, last: dict[str, str], heard: str) -> str:
        """Wait for events of all jobs and hand them out; the last ring of the bell."""
        streams: dict[Any, Any] = {self._bell: heard, **{keys.events(job): at for job, at in last.items()}}
        block = int(BLOCK_SECONDS * 1000)
        answer = cast("list[tuple[str, _Entries]]", self._redis.xread(streams, block=block) or [])
        jobs = {keys.events(job): job for job in last}
        for stream, entries in answer:
            if stream == self._bell:
                heard = entries[-1][0]
            else:
                self._tell(jobs[stream], entries)
        return heard

    def _tell(self, job_id: str, entries: _Entries) -> None:
        with self._lock:
            if job_id in self._last:
                self._last[job_id] = entries[-1][0]
            for feed in self._feeds.get(job_id, ()):
                feed.push(entries)

    def _look(self, jobs: list[str]) -> None:
        """End the feeds of jobs that are over, whether or not an event told."""
        pipe = self._redis.pipeline(transaction=False)
        for job_id in jobs:
            pipe.hget(keys.job(job_id), "state")
        for job_id, state in zip(jobs, pipe.execute(), strict=True):
            if state is None or state in TERMINAL:
                with self._lock, suppress(KeyError):
                    for feed in self._feeds[job_id]:
                        feed.push(None)

    def _tell_all(self, entries: None) -> None:
        with self._lock:
            for feeds in self._feeds.values():
                for feed in feeds:
                    feed.push(entries)


def _place(event_id: str) -> tuple[int, int]:
    """The order of ids in a stream."""
    milliseconds, _, number = event_id.partition("-")
    return int(milliseconds), int(number or 0)
