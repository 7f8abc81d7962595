"""Catalogues: which there are, which version is in force, another one, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import Field

from gateway.answers import CatalogueList, CatalogueView
from gateway.door import open_door
from gateway.reading import read_json
from gateway.spec import Scope, operation
from shared.catalogues import snapshot
from shared.contracts.base import Contract
from shared.errors import (
    CatalogueNotFoundError,
    CatalogueNotInstalledError,
    NothingToRollBackError,
)

routes = Blueprint("catalogues", __name__, url_prefix="/v1/catalogues")


class Version(Contract):
    """A version of a catalogue, by the hash that names it."""

    version: Annotated[str, Field(pattern=r"^[0-9a-zA-Z]{1,64}$")]


@routes.get("")
@operation("The catalogues.", Scope.FRAMES, {200: CatalogueList}, name="listCatalogues")
def listing() -> Response:
    """Each with the version in force and those that are kept."""
    config = open_door().config
    found = snapshot.versions(config.data_dir)
    return jsonify(default=config.catalogue, catalogues=[_view(config.data_dir, name) for name in found])


@routes.get("/<name>")
@operation("A catalogue.", Scope.FRAMES, {200: CatalogueView}, name="readCatalogue")
def read(name: str) -> Response:
    """With the version in force and those that are kept."""
    with _known():
        return jsonify(_view(open_door().config.data_dir, name))


@routes.post("/<name>/activate")
@operation(
    "Put a version in force; running jobs keep theirs.",
    Scope.CATALOGUES,
    {200: CatalogueView},
    name="activateCatalogue",
    body={"application/json": Version},
)
def activate(name: str) -> Response:
    """At once and for every reader; its files are compared with its manifest first."""
    wanted = read_json(request, Version).version
    return _switch(name, wanted)


@routes.post("/<name>/rollback")
@operation("Back to the version before.", Scope.CATALOGUES, {200: CatalogueView}, name="rollBackCatalogue")
def rollback(name: str) -> Response:
    """Once more is forth again."""
    data_dir = open_door().config.data_dir
    with _known():
        snapshot.current(data_dir, name)
    try:
        before = snapshot.previous(data_dir, name)
    except CatalogueNotInstalledError:
        raise NothingToRollBackError from None
    return _switch(name, before)


def _switch(name: str, version: str) -> Response:
    data_dir = open_door().config.data_dir
    with _known():
        snapshot.activate(data_dir, name, version)
        return jsonify(_view(data_dir, name))


@contextmanager
def _known() -> Iterator[None]:
    """A catalogue that the client names and that is not there is the client's mistake, not a fault of ours."""
    try:
        yield
    except CatalogueNotInstalledError as error:
        raise CatalogueNotFoundError(error.detail) from None


def _view(data_dir: Path, name: str) -> dict[str, Any]:
    version = snapshot.current(data_dir, name)
    folder = snapshot.folder_of(data_dir, name)
    kept = sorted(path.parent.name for path in folder.glob("*/manifest.json"))
    where = {
        "self": url_for("catalogues.read", name=name),
        "frames": url_for("frames.listing", catalogue=name),
        "activate": url_for("catalogues.activate", name=name),
        "rollback": url_for("catalogues.rollback", name=name),
    }
    return {
        "name": name,
        "version": version,
        "versions": [version, *(other for other in kept if other != version)],
        "frames": snapshot.manifest_of(folder / version)["count"],
        "links": where,
    }
