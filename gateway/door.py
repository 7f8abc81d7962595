"""What every request of one gateway process shares: settings, records, blobs, queue, and places for listeners."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import cast

from flask import current_app
from kombu.exceptions import OperationalError

from gateway.access import caller
from gateway.hub import Hub
from gateway.queueing import Pace
from shared.blobs import BlobStore
from shared.broker import connect, make_app, submit
from shared.contracts import Job, Stage
from shared.errors import BrokerUnavailableError, StoreUnavailableError
from shared.outbound import Outbound
from shared.records import Records
from shared.records.hooks import Hooks
from shared.records.imports import Imports
from shared.settings import Settings

_NAME = "expertglasses"
_PUBLISH_SECONDS = 0.7  # a queue that takes a message and never answers is told of in less than a second


class Door:
    """The connections of one process.

    Attributes:
        config: Its settings.
        client: The one Redis client; it has a pool of connections and is safe between threads.
        records: Job records.
        hub: Events of jobs as they happen.
        places: How many more requests may stay open, waiting or listening.
        heartbeat_seconds: Between two signs of life on a silent event stream.
        outbound: The way to addresses that clients name.
        hooks: Webhooks.
        imports: Imports of catalogues.
        pace: How long jobs take.
    """

    def __init__(self, config: Settings, heartbeat_seconds: float) -> None:
        self.config = config
        self.client = connect(config)
        self.records = Records(self.client)
        self.hub = Hub(self.records)
        self.places = BoundedSemaphore(config.max_streams)
        self.heartbeat_seconds = heartbeat_seconds
        self._blobs = BlobStore.from_settings(config)
        self._queue = make_app(config)
        patience = {"socket_timeout": _PUBLISH_SECONDS, "socket_connect_timeout": _PUBLISH_SECONDS}
        self._queue.conf.broker_transport_options.update(patience, retry_on_timeout=False)
        self.outbound = Outbound.from_settings(config)
        self.hooks = Hooks(self.client)
        self.imports = Imports(self.client)
        self.pace = Pace(self.client)

    @contextmanager
    def blobs(self) -> Iterator[BlobStore]:
        """The blob store; its trouble is told as ours.

        Raises:
            StoreUnavailableError: The store is full or cannot be reached.
        """
        try:
            yield self._blobs
        except OSError as error:
            raise StoreUnavailableError from error

    def read(self, job_id: str) -> Job:
        """The job, if it is the caller's.

        Raises:
            JobNotFoundError: There is none, or it is another's.
            JobGoneError: It was deleted a short while ago.
        """
        return self.records.read(job_id, caller().tenant)

    def submit(self, job_id: str, first: Stage) -> None:
        """Enqueue a job.

        Raises:
            BrokerUnavailableError: The queue cannot be reached.
        """
        with _told_as_ours():
            submit(self._queue, job_id, first)

    def send(self, task: str, queue: str, *arguments: str) -> None:
        """Enqueue a task of another kind by its name.

        Raises:
            BrokerUnavailableError: The queue cannot be reached.
        """
        with _told_as_ours():
            self._queue.send_task(task, args=arguments, queue=queue)


@contextmanager
def _told_as_ours() -> Iterator[None]:
    try:
        yield
    except (OperationalError, OSError) as error:
        raise BrokerUnavailableError from error


def open_door() -> Door:
    """The door of the application that answers this request."""
    return cast("Door", current_app.extensions[_NAME])
