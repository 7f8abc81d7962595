"""Single rows of a large array on disk, read and not mapped.

A page fault maps the pages around it, too: some hundred thousand frames looked up one by one would make gigabytes
of a mapped file resident.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.mapping import mapped


class Rows:
    """Rows of a two-dimensional `.npy` file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        array = mapped(path)
        self._first, self._columns, self._dtype = array.offset, array.shape[1], array.dtype
        self._size = self._columns * self._dtype.itemsize
        self._file = path.open("rb", buffering=0)

    def __getitem__(self, places: NDArray[np.integer]) -> NDArray[Any]:
        """(places, columns) the rows at some positions."""
        where, size = self._file.fileno(), self._size
        told = b"".join(os.pread(where, size, self._first + place * size) for place in places.tolist())
        return np.frombuffer(told, self._dtype).reshape(-1, self._columns)
