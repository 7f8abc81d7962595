"""Old versions of a catalogue, and what killed imports left, make room."""

import contextlib
import shutil
import time
from pathlib import Path

from shared.catalogues import snapshot
from shared.errors import CatalogueNotInstalledError

KEPT = 10
_READ_SECONDS = 3600.0  # a search that opened a version just before it was replaced is over by then
_BROKEN_OFF_SECONDS = 24 * 3600.0


def prune(data_dir: Path, name: str, keep: int = KEPT) -> list[str]:
    """Remove old versions; the one in force, the one before it and those of the last hour always stay.

    Args:
        data_dir: Where the catalogues are.
        name: The catalogue.
        keep: How many of the newest stay besides.

    Returns:
        The versions removed, oldest first.

    Raises:
        CatalogueNotInstalledError: There is no such catalogue.
    """
    home, now = snapshot.folder_of(data_dir, name), time.time()
    stays = {snapshot.current(data_dir, name)}
    with contextlib.suppress(CatalogueNotInstalledError):
        stays.add(snapshot.previous(data_dir, name))
    written = sorted((path.stat().st_mtime, path.parent) for path in home.glob("*/manifest.json"))
    old = [
        folder
        for when, folder in written[: max(0, len(written) - keep)]
        if folder.name not in stays and now - when > _READ_SECONDS
    ]
    left = [
        path
        for path in home.glob(".[pd]*-*")
        if path.is_dir() and now - path.stat().st_mtime > _BROKEN_OFF_SECONDS
    ]
    for folder in (*old, *left):
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in old]
