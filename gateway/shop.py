"""The catalogue that a request is about."""

from shared.catalogues import Catalogue, open_catalogue
from shared.errors import CatalogueNotFoundError, CatalogueNotInstalledError


def opened(name: str | None) -> Catalogue:
    """The version in force of a catalogue; of the service's own when no name is given.

    Raises:
        CatalogueNotFoundError: The client names one that is not there: its mistake, not a fault of ours.
        CatalogueNotInstalledError: The service's own is missing.
    """
    try:
        return open_catalogue(name)
    except CatalogueNotInstalledError as error:
        if name is None:
            raise
        raise CatalogueNotFoundError(error.detail) from None
