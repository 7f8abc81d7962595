"""A training run that can be stopped at any moment: all variables in one file, replaced atomically."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


def save(file: Path, step: int, parts: Mapping[str, Any]) -> None:
    """Write every part's variables (a Keras model, or an optimizer that is built) and the step."""
    arrays: dict[str, Any] = {
        f"{name}/{i}": np.asarray(one) for name, part in parts.items() for i, one in enumerate(part.variables)
    }
    fresh = file.with_suffix(".new.npz")
    np.savez(fresh, allow_pickle=False, step=step, **arrays)
    fresh.replace(file)


def load(file: Path, parts: Mapping[str, Any]) -> int:
    """Read them back; the step they were written at, 0 where there is no such file.

    Parts that the file lacks stay as they are.

    Raises:
        ValueError: The file is of other networks.
    """
    if not file.is_file():
        return 0
    with np.load(file) as kept:
        for name, part in parts.items():
            for i, variable in enumerate(part.variables):
                if f"{name}/{i}" in kept:
                    variable.assign(kept[f"{name}/{i}"])
        return int(kept["step"])
