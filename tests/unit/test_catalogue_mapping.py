"""Arrays on disk opened by many threads."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from shared.catalogues.mapping import mapped


class Litter:
    """Garbage with a finalizer that lets another thread run: collected in the middle of reading a header."""

    def __init__(self, path: Path) -> None:
        self.me = self
        self.file = path.open("rb")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_threads_read_headers_at_once(tmp_path: Path) -> None:
    """Given eight threads and garbage between them / Then every header is read (Python's `ast` alone would trip)."""
    path = tmp_path / "facets.npy"
    np.save(path, np.zeros(3, dtype=[(f"facet{i}", "u1") for i in range(12)]))

    def read(_: int) -> int:
        Litter(path)
        return len(mapped(path))

    with ThreadPoolExecutor(8) as threads:
        lengths = list(threads.map(read, range(6_000)))
    gc.collect()

    assert lengths == [3] * 6_000
