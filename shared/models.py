"""Weights are used only when their SHA-256 is the one written down.

Two lists say what may be loaded: `packaged.lock.json`, files taken out of installable packages by
`tools/fetch_models.py`, and `manifest.json`, weights made by `training/`. Both lie in the folder of models.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError

from shared.contracts.base import Contract
from shared.errors import ModelDamagedError, ModelNotInstalledError
from shared.settings import settings

LISTS = ("packaged.lock.json", "manifest.json")


class Weights(Contract):
    """One file of weights.

    Attributes:
        name: What the code calls it.
        version: Of the package it comes from, or of our own training.
        file: Where it lies, relative to the folder of models.
        sha256: What its bytes must hash to.
        bytes: Its size.
        licence: SPDX expression, or a short statement.
        purpose: What it is for.
        package: The package that carries it, where it comes from one.
        path: Its path inside that package.
        card: Its model card, relative to the folder of models, where we trained it.
    """

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    file: str = Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)
    licence: str
    purpose: str
    package: str | None = None
    path: str | None = None
    card: str | None = None


class _WeightsList(Contract):
    models: tuple[Weights, ...]


def installable(folder: Path | None = None) -> dict[str, Weights]:
    """Every file of weights that the lists name, by name.

    Args:
        folder: The folder of models; the setting `models_dir` when not given.

    Raises:
        ModelNotInstalledError: A list is missing.
        ModelDamagedError: A list cannot be read, or names something twice.
    """
    return _read_lists(folder or settings().models_dir)


def find(name: str, folder: Path | None = None) -> Weights:
    """What the lists say about `name`.

    Raises:
        ModelNotInstalledError: No list names it.
        ModelDamagedError: A list cannot be read.
    """
    try:
        return installable(folder)[name]
    except KeyError:
        raise ModelNotInstalledError(f"No model is called {name!r}.") from None


def load_verified(name: str, folder: Path | None = None) -> bytes:
    """The bytes of the model `name`, checked against the lists.

    Args:
        name: As the lists call it.
        folder: The folder of models; the setting `models_dir` when not given.

    Raises:
        ModelNotInstalledError: No list names it, or its file is missing.
        ModelDamagedError: The file is not the one that the list means.
    """
    folder = folder or settings().models_dir
    weights = find(name, folder)
    try:
        data = (folder / weights.file).read_bytes()
    except FileNotFoundError:
        remedy = " Run tools/fetch_models.py." if weights.package else ""
        raise ModelNotInstalledError(f"The model {name!r} is missing ({weights.file}).{remedy}") from None
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        raise ModelDamagedError(f"The model {name!r} ({weights.file}) does not have the SHA-256 in its list.")
    return data


@lru_cache(maxsize=8)
def _read_lists(folder: Path) -> dict[str, Weights]:
    found: dict[str, Weights] = {}
    for file in LISTS:
        for weights in _read_list(folder / file):
            if weights.name in found:
                raise ModelDamagedError(f"The lists of models name {weights.name!r} twice.")
            found[weights.name] = weights
    return found


def _read_list(file: Path) -> tuple[Weights, ...]:
    try:
        return _WeightsList.model_validate_json(file.read_bytes()).models
    except FileNotFoundError:
        raise ModelNotInstalledError(f"The list of models {file.name} is missing.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelDamagedError(
            f"The list of models {file.name} is not valid: {where} {first['msg']}"
        ) from None
