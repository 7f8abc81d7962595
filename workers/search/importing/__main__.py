"""`python -m workers.search.importing`: carry out imports of catalogues, one at a time."""

from celery import signals

from shared.records.imports import QUEUE
from shared.settings import settings
from shared.telemetry import configure_logging
from shared.workers import Repeating, beat_alone
from workers.search.importing.tasks import app


def main() -> None:
    """Until told to stop."""
    signals.setup_logging.connect(lambda **_: configure_logging(QUEUE), weak=False)
    heart = Repeating("heart", settings().heartbeat_seconds, beat_alone)
    signals.worker_ready.connect(lambda **_: heart.start(), weak=False)
    app.worker_main([
        *("worker", "--queues", QUEUE, "--hostname", f"{QUEUE}@%h", "--pool", "prefork", "--concurrency", "1"),
        *("--loglevel", "WARNING", "--task-events", "--without-gossip", "--without-mingle"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
