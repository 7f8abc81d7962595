"""Opens catalogues for a search; the default is made where it is missing."""

from shared.catalogues import Catalogue
from shared.catalogues import open_catalogue as open_installed
from shared.errors import CatalogueDamagedError, CatalogueNotInstalledError
from shared.settings import settings
from workers.search.generated import DEFAULT, build_default


def open_catalogue(name: str | None = None) -> Catalogue:
    """The version in force of a catalogue, as `shared.catalogues.open_catalogue`.

    Args:
        name: The one of the `catalogue` setting when not given. The generated `default` is made when missing,
            damaged or written by another release.

    Raises:
        CatalogueNotInstalledError: There is no such catalogue.
        CatalogueDamagedError: Its files are not those that were imported.
    """
    config = settings()
    name = name or config.catalogue
    try:
        return open_installed(name)
    except (CatalogueNotInstalledError, CatalogueDamagedError):
        if name != DEFAULT:
            raise
        build_default(config.data_dir)
        return open_installed(name)
