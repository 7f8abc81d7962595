"""What every route needs, made once a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import cast

import redis
from celery import Celery
from flask import current_app
from kombu.exceptions import OperationalError

from shared.blobs import BlobStore
from shared.broker import connect, make_app
from shared.errors import BrokerUnavailableError, StoreUnavailableError
from shared.records import Records
from shared.settings import Settings


@dataclass(frozen=True)
class Context:
    """Settings, job records, photos, the queue, and places for listeners."""

    config: Settings
    records: Records
    blobs: BlobStore
    queue: Celery
    streams: BoundedSemaphore

    @classmethod
    def from_settings(cls, config: Settings) -> "Context":
        """Connects lazily: a broker that is down stops requests, not the start."""
        return cls(
            config=config,
            records=Records(connect(config)),
            blobs=BlobStore.from_settings(config),
            queue=make_app(config),
            streams=BoundedSemaphore(config.max_streams),
        )


def context() -> Context:
    """The context of the application that serves this request."""
    return cast("Context", current_app.extensions["expertglasses"])


@contextmanager
def outages() -> Iterator[None]:
    """Tell a broker or store that is down as 503, not as a fault of ours.

    Raises:
        BrokerUnavailableError: Redis does not answer.
        StoreUnavailableError: The blob store does not take or give.
    """
    try:
        yield
    except (redis.RedisError, OperationalError):
        raise BrokerUnavailableError("Try again in a few seconds.") from None
    except OSError:
        raise StoreUnavailableError("Try again in a few seconds.") from None
