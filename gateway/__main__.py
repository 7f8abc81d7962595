"""`python -m gateway`: serve, as the settings say."""

import os
import sys

from gateway.server import arguments
from shared.settings import settings

if __name__ == "__main__":
    command = [sys.executable, "-m", "gunicorn", *arguments(settings())]
    os.execv(command[0], command)  # noqa: S606  our own command line; the process keeps its id and its signals
