"""`python -m shared.health`: is the service of this container healthy? Exit status 0 or 1, and one line that says why.

Runs every few seconds in every container, so it uses nothing but the standard library. A worker writes its
heart file after each heartbeat that the broker took (`shared.workers`); the gateway is asked over HTTP.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_BEATS = 5  # so many missed heartbeats make a worker dead, here as in the register of workers


def main() -> int:
    """Ask the service that `SERVICE` names."""
    service = os.environ.get("SERVICE", "")
    problem = {"gateway": _gateway, "flower": _flower}.get(service, _worker)()
    print(problem or "healthy")  # noqa: T201  what the container engine shows
    return 1 if problem else 0


def _worker() -> str:
    """What is wrong with the worker of this container; empty when nothing."""
    file = Path(os.environ["EXPERTGLASSES_HEART_FILE"])
    silent_after = _BEATS * float(os.environ.get("EXPERTGLASSES_HEARTBEAT_SECONDS", "1.0"))
    try:
        silence = time.time() - file.stat().st_mtime
        said = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "no heartbeat yet"
    if silence > silent_after:
        return f"no heartbeat for {silence:.0f} s"
    return "" if said["ready"] else said["problem"] or "still loading"


def _gateway() -> str:
    return _asks(f"http://127.0.0.1:{os.environ.get('EXPERTGLASSES_PORT', '8080')}/readyz")


def _flower() -> str:
    return _asks("http://127.0.0.1:5555/healthcheck")


def _asks(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:  # noqa: S310  our own address
            return "" if answer.status == 200 else f"status {answer.status}"  # noqa: PLR2004
    except urllib.error.HTTPError as error:
        return error.read(500).decode(errors="replace") or f"status {error.code}"
    except OSError as error:
        return f"no answer: {error}"


if __name__ == "__main__":
    sys.exit(main())
