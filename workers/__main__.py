"""`python -m workers STAGE`: serve one stage's queue, with as many processes as the settings say."""

import sys
from importlib import import_module

from shared.contracts import Stage
from shared.settings import settings


def main(stage: Stage) -> None:
    """Until told to stop; SIGTERM lets the work in hand end first."""
    # Imported by name: an image holds the room of one stage only.
    app = import_module(f"workers.{stage}.tasks").app
    app.worker_main([
        *("worker", "--queues", str(stage), "--hostname", f"{stage}@%h", "--pool", "prefork"),
        *("--concurrency", str(settings().worker_processes), "--loglevel", "WARNING"),
        *("--task-events", "--without-gossip", "--without-mingle"),
    ])  # fmt: skip


if __name__ == "__main__":
    main(Stage(sys.argv[1]))
