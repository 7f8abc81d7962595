"""Frames of a large catalogue as bytes in an index of FAISS: scanned fast, and with a known error.

Each number of a frame in a form is told by one byte: `low + step × byte`, off by at most `error`, which is measured
when the index is written. So what the index says of any query is right to within Σ |weight| × error.

    coded-<form>.npy               (3, 45) low, step and error of each number
    coded-<form>-<gender>.faiss    the frames of a gender, 48 bytes each, mapped by all processes
    coded-places-<gender>.npy      their positions in the catalogue
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import snapshot
from shared.catalogues.facets import GENDERS
from shared.scoring.tables import Array, Form, ready

_NUMBERS = 45
_BYTES = 48  # FAISS is fast when a multiple of 16
_BATCH = 131_072


@cache
def _faiss() -> Any:
    """The library, loaded when a large catalogue is met: it takes half a second and 40 MB."""
    import faiss  # noqa: PLC0415

    faiss.omp_set_num_threads(1)  # one query is work for one; threads that wait for it would burn the cores
    return faiss


@dataclass(frozen=True)
class Coded:
    """The frames of one gender in one form.

    Attributes:
        places: (frames,) positions in the catalogue, ascending.
        index: Of FAISS; its inner products are of bytes.
        low: (45,) what a byte of 0 means; likewise `step` and `error`.
    """

    places: NDArray[np.int32]
    index: Any
    low: Array
    step: Array
    error: Array

    def nearest(
        self, weights: Array, count: int, passed: NDArray[np.bool_] | None
    ) -> tuple[Array, NDArray[np.int64]]:
        """The frames whose bytes promise most.

        Args:
            weights: (45,) of the numbers.
            count: How many.
            passed: (frames of the catalogue,) which come into question.

        Returns:
            Promises, best first, off by at most `doubt(weights)`, and positions; fewer where there are fewer.
        """
        faiss = _faiss()
        query = np.zeros((1, _BYTES), np.float32)
        query[0, :_NUMBERS] = weights * self.step
        wanted: dict[str, Any] = {}
        if passed is not None:
            bits = np.packbits(passed[self.places], bitorder="little")
            wanted["params"] = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        promised, found = self.index.search(query, min(count, len(self.places)), **wanted)
        here = found[0] >= 0
        return promised[0][here] + float(weights @ self.low), self.places[found[0][here]].astype(np.int64)

    def doubt(self, weights: Array) -> float:
        """By how much a promise may be off: the bytes, and what float32 loses."""
        size = float(np.abs(weights) @ (np.abs(self.low) + 255 * self.step))
        return float(np.abs(weights) @ self.error) + 1e-5 * size


class CodedCatalogue:
    """The index of a snapshot, opened.

    Args:
        folder: The snapshot.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[tuple[Form, str], Coded] = {}

    @cached_property
    def _places(self) -> dict[str, NDArray[np.int32]]:
        return {
            gender: snapshot.map_array(self._folder, f"coded-places-{gender}.npy")
            for gender in GENDERS
            if (self._folder / f"coded-places-{gender}.npy").exists()
        }

    def parts(self, form: Form, gender: str) -> list[Coded]:
        """The indexes that hold a gender's frames, unisex frames among them."""
        asked = {gender, "unisex"} if gender != "any" else set(GENDERS)
        return [self._part(form, one) for one in self._places if one in asked]

    def _part(self, form: Form, gender: str) -> Coded:
        if (form, gender) not in self._parts:
            faiss = _faiss()
            path = self._folder / f"coded-{form}-{gender}.faiss"
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            scale = snapshot.map_array(self._folder, f"coded-{form}.npy")
            self._parts[form, gender] = Coded(self._places[gender], index, *np.array(scale))
        return self._parts[form, gender]


def has_index(folder: Path) -> bool:
    """Whether a snapshot has one that can be read here."""
    if not any(folder.glob("coded-*.faiss")):
        return False
    try:
        _faiss()
    except ImportError:  # in the gateway, say: there frames are scanned
        return False
    return True


def write_index(folder: Path) -> list[str]:
    """Write the index of a snapshot's frames beside them, in flat memory.

    Args:
        folder: With `shape.npy`, `color.npy` and `facets.npy`.

    Returns:
        Names of the files.
    """
    whose = np.asarray(snapshot.map_array(folder, "facets.npy")["gender"])
    genders = [gender for code, gender in enumerate(GENDERS) if (whose == code).any()]
    for gender in genders:
        np.save(
            folder / f"coded-places-{gender}.npy",
            np.flatnonzero(whose == GENDERS.index(gender)).astype(np.int32),
        )
    names = [f"coded-places-{gender}.npy" for gender in genders]
    for form in Form:
        names += _write_form(folder, form, genders)
    return names


def _write_form(folder: Path, form: Form, genders: list[str]) -> list[str]:
    faiss = _faiss()
    low, step = _range(folder, form)
    error = np.zeros(_NUMBERS)
    names = []
    for gender in genders:
        index = faiss.IndexScalarQuantizer(
            _BYTES, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_INNER_PRODUCT
        )
        for numbers in _numbers(folder, form, np.load(folder / f"coded-places-{gender}.npy")):
            codes = np.zeros((len(numbers), _BYTES), np.float32)
            codes[:, :_NUMBERS] = np.clip(np.rint((numbers - low) / step), 0, 255)
            told = low + step * codes[:, :_NUMBERS]
            error = np.maximum(error, np.abs(numbers - told).max(axis=0))
            index.add(codes)
        names.append(f"coded-{form}-{gender}.faiss")
        faiss.write_index(index, str(folder / names[-1]))
    np.save(folder / f"coded-{form}.npy", np.stack([low, step, error]))
    return [*names, f"coded-{form}.npy"]


def _range(folder: Path, form: Form) -> tuple[Array, Array]:
    """Low and step of each number. Shares lie between 0 and 1, and those that occur most are hit exactly."""
    low, high = np.zeros(_NUMBERS), np.ones(_NUMBERS)
    if form is Form.PUBLISHED:
        low, high = np.full(_NUMBERS, np.inf), np.full(_NUMBERS, -np.inf)
        for numbers in _numbers(folder, form, None):
            low, high = np.minimum(low, numbers.min(axis=0)), np.maximum(high, numbers.max(axis=0))
    return low, np.maximum(high - low, 1e-9) / 255


def _numbers(folder: Path, form: Form, places: NDArray[np.int32] | None) -> Iterator[Array]:
    """(frames, 45) numbers of frames in a form, batch by batch; of all frames where no positions are given."""
    shape, color = snapshot.map_array(folder, "shape.npy"), snapshot.map_array(folder, "color.npy")
    for first in range(0, len(shape) if places is None else len(places), _BATCH):
        batch = slice(first, first + _BATCH)
        chosen = batch if places is None else places[batch]
        yield numbers_of(shape[chosen], color[chosen], form)


def numbers_of(shape: Array, color: Array, form: Form) -> Array:
    """(frames, 45) numbers whose dot products with weights are factors of a score."""
    shapes, tones, scale = ready(np.asarray(shape), np.asarray(color), form)
    return np.hstack([shapes * scale[:, None], tones])
