"""Catalogues as they lie on disk: read by the gateway and the search worker, written by the import."""

from shared.catalogues.catalogue import LARGE, Catalogue
from shared.catalogues.shelf import open_catalogue

__all__ = ["LARGE", "Catalogue", "open_catalogue"]
