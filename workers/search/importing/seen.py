"""Names given before, a few bytes each: a million of them take 16 MB."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


class Seen:
    """Remembers in which row each name was first given. Names are told apart by 64 bits of their hash."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)
        self._rows = np.empty(0, np.int64)

    def first(self, names: Sequence[str], rows: Sequence[int]) -> NDArray[np.int64]:
        """The row in which each name was first given, this one's own when it is new.

        Args:
            names: Of some rows.
            rows: Their positions, ascending and above all that came before.
        """
        hashes = np.fromiter((_hash(name) for name in names), np.uint64, len(names))
        here = np.asarray(rows, np.int64)
        unique, firsts, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        found = here[firsts]
        places = np.searchsorted(self._hashes, unique)
        known = places < len(self._hashes)
        known[known] = self._hashes[places[known]] == unique[known]
        found[known] = self._rows[places[known]]
        new = ~known
        self._hashes = np.insert(self._hashes, places[new], unique[new])
        self._rows = np.insert(self._rows, places[new], found[new])
        return found[inverse]


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")
