"""Arrays on disk, mapped and not read."""

from pathlib import Path
from threading import Lock

import numpy as np

# NumPy reads a file's header with `ast`, and threads of CPython before 3.13 share that module's count of recursion
# (gh-106905): two headers at once now and then end in a SystemError.
_ONE_HEADER = Lock()


def mapped(path: Path) -> np.memmap:
    """The array of a `.npy` file.

    Raises:
        OSError: There is no such file.
        ValueError: It is no array.
    """
    with _ONE_HEADER:
        found: np.memmap = np.load(path, mmap_mode="r", allow_pickle=False)
    return found
