"""A good import that would take away what searches rely on is held back (`docs/decisions/0012-held-back.md`)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from shared.catalogues import snapshot
from shared.catalogues.facets import GENDERS
from shared.errors import ExpertGlassesError

_HALF = 0.5


def held_back(
    data_dir: Path, name: str, version: str, frames_for: Mapping[str, int], faulty: float
) -> str | None:
    """Why a snapshot should not replace the one in force; nothing when it may.

    Args:
        data_dir: Where the catalogues are.
        name: The catalogue.
        version: Of the new snapshot.
        frames_for: How many frames it has for `female` and for `male`.
        faulty: Share of the rows that were faulty.
    """
    try:
        in_force = snapshot.current(data_dir, name)
        if in_force == version:
            return None
        folder = snapshot.folder_of(data_dir, name) / in_force
        before = set(np.unique(snapshot.map_array(folder, "facets.npy")["gender"]).tolist())
    except ExpertGlassesError:  # nothing in force, or nothing that could be searched
        return None
    for gender in ("female", "male"):
        if {GENDERS.index(gender), GENDERS.index("unisex")} & before and not frames_for.get(gender):
            return f"it has no frames for a gender ({gender}) that the one in force has"
    if faulty > _HALF:
        return f"{faulty:.0%} of its rows are faulty"
    return None
