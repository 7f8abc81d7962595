"""Opens catalogues by name and notices when another version was put in force."""

from functools import lru_cache
from pathlib import Path

from shared.catalogues import snapshot
from shared.catalogues.catalogue import Catalogue
from shared.settings import settings

# A snapshot is verified when it is put in force; one up to this size again when it is opened (30 ms at most).
_VERIFIED_BYTES = 50_000_000


@lru_cache(maxsize=8)
def _open(data_dir: Path, name: str, version: str) -> Catalogue:
    folder = snapshot.folder_of(data_dir, name) / version
    if sum(path.stat().st_size for path in folder.glob("*")) <= _VERIFIED_BYTES:
        snapshot.verify(folder)
    return Catalogue(name, folder)


def open_catalogue(name: str | None = None) -> Catalogue:
    """The version in force of a catalogue; one small file is read to learn which that is.

    Args:
        name: The one of the `catalogue` setting when not given.

    Raises:
        CatalogueNotInstalledError: There is no such catalogue.
        CatalogueDamagedError: Its files are not those that were imported.
    """
    config = settings()
    name = name or config.catalogue
    return _open(config.data_dir, name, snapshot.current(config.data_dir, name))
