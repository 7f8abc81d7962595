"""Opens catalogues by name and notices when another version was put in force."""

from functools import lru_cache
from pathlib import Path

from shared.errors import CatalogueNotInstalledError
from shared.settings import settings
from workers.search import snapshot
from workers.search.catalogue import Catalogue
from workers.search.generated import DEFAULT, build_default


@lru_cache(maxsize=8)
def _open(data_dir: Path, name: str, version: str) -> Catalogue:
    return Catalogue(name, snapshot.folder_of(data_dir, name) / version)


def open_catalogue(name: str | None = None) -> Catalogue:
    """The version in force of a catalogue; one small file is read to learn which that is.

    Args:
        name: The one of the `catalogue` setting when not given. The generated `default` is made when missing.

    Raises:
        CatalogueNotInstalledError: There is no such catalogue.
        CatalogueDamagedError: Its files do not fit together.
    """
    config = settings()
    name = name or config.catalogue
    try:
        version = snapshot.current(config.data_dir, name)
    except CatalogueNotInstalledError:
        if name != DEFAULT:
            raise
        version = build_default(config.data_dir)
    return _open(config.data_dir, name, version)
