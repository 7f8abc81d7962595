"""`python -m workers.webhooks`: deliver until told to stop; the deliveries in hand end first."""

import signal
import threading
from typing import Any

import redis

from shared.broker import connect
from shared.outbound import Outbound
from shared.records.hooks import Hooks
from shared.settings import Settings, settings
from shared.telemetry import configure_logging, logger
from shared.workers import Repeating, beat_alone
from workers.webhooks.courier import Courier

log = logger(__name__)

_COURIERS = 4  # so that one slow receiver holds up no other
_IDLE_SECONDS = 0.25
_LOST_SECONDS = 2.0


def serve(config: Settings, ended: threading.Event) -> None:
    """Work until `ended`; a lost broker is waited for."""
    courier = Courier(
        Hooks(connect(config)),
        Outbound.from_settings(config),
        config.webhook_retry_seconds,
        config.webhook_timeout_seconds,
    )
    while not ended.is_set():
        try:
            if not courier.work():
                ended.wait(_IDLE_SECONDS)
        except redis.RedisError as error:
            log.warning("broker_unavailable", error=type(error).__name__)
            ended.wait(_LOST_SECONDS)


def main() -> None:
    """Serve with a few couriers."""
    configure_logging("webhooks")
    ended = threading.Event()

    def end(*_: Any) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    heart = Repeating("heart", settings().heartbeat_seconds, beat_alone)
    heart.start()
    couriers = [threading.Thread(target=serve, args=(settings(), ended)) for _ in range(_COURIERS)]
    for courier in couriers:
        courier.start()
    for courier in couriers:
        courier.join()
    heart.stop()


if __name__ == "__main__":
    main()
