"""What `gather` kept, read back: labels, and sights as the worker would have them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.sights import Row, read_rows
from workers.perception.crop import SIZE, Crop, head_window
from workers.perception.eyes import Eye
from workers.perception.features import BLOCKS, FeatureReader
from workers.perception.mesh import Mesh
from workers.perception.photo import Pixels
from workers.perception.sight import Sight

Block = NDArray[np.float32]
# A change of the cut before its features are read: other light, noise.
Change = Callable[[Pixels], Pixels]


class Kept:
    """The faces of one folder.

    Args:
        into: Where `gather` put its folders.
        data: The folder of labelled folders.
        name: Of the folder.
    """

    def __init__(self, into: Path, data: Path, name: str) -> None:
        self.folder = into / name
        rows = read_rows(data / name)
        self.rows: list[Row] = [rows[number] for number in np.load(self.folder / "row.npy")]
        self._parts: dict[str, NDArray[Any]] = {
            file.stem: np.load(file, mmap_mode="r")
            for file in self.folder.glob("*.npy")
            if not file.stem.startswith("features-")
        }

    def __len__(self) -> int:
        """How many faces."""
        return len(self.rows)

    def part(self, name: str) -> NDArray[Any]:
        """One part of all records, as `gather` names it."""
        return self._parts[name]

    def column(self, name: str) -> NDArray[np.str_]:
        """A column of the labels."""
        return np.array([row[name] for row in self.rows])

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers."""
        return np.array([float(row[name]) for row in self.rows])

    def sight(self, number: int, change: Change | None = None) -> Sight:
        """What was seen of one face, its cut altered by `change`."""
        parts = self._parts
        mesh = Mesh(parts["mesh"][number].astype(np.float64), float(parts["mesh_score"][number]))
        left, right = (
            Eye(circle[:2].astype(np.float64), float(circle[2]), lids[:9], lids[9:])
            for circle, lids in zip(
                parts["eyes"][number], parts["lids"][number].astype(np.float64), strict=True
            )
        )
        rgb = np.array(parts["crop"][number])
        cut = change(rgb) if change else rgb
        inside = np.unpackbits(parts["inside"][number]).reshape(SIZE, SIZE).astype(bool)
        points = head_window(mesh).from_photo(mesh.points, SIZE)
        sight = Sight(rgb, mesh, (left, right), float(parts["male"][number]))
        sight.__dict__["head"] = Crop(cut, points, inside)
        sight.__dict__["eye_patches"] = tuple(np.array(parts["eye_patches"][number]))
        # Read from the photo, which is not kept.
        iris = parts["iris"][number].astype(np.float64)
        sight.__dict__["iris"] = None if np.isnan(iris).any() else iris
        return sight

    def sights(self) -> Iterator[Sight]:
        """All of them."""
        return (self.sight(number) for number in range(len(self)))

    def features(self, name: str = "plain", change: Change | None = None) -> dict[str, Block]:
        """Every block of features, a row a face; made once and kept under `name`."""
        files = {block: self._file(block, name) for block in BLOCKS}
        if not all(file.exists() for file in files.values()):
            reader = FeatureReader()
            rows = [reader.read(self.sight(number, change)) for number in range(len(self))]
            for block, file in files.items():
                np.save(file, np.array([row[block] for row in rows], np.float16))
        return {block: np.load(file).astype(np.float32) for block, file in files.items()}

    def block(self, block: str) -> Block:
        """One block of the plain features alone."""
        if not self._file(block).exists():
            self.features()
        return np.asarray(np.load(self._file(block)), np.float32)

    def _file(self, block: str, name: str = "plain") -> Path:
        return self.folder / f"features-{name}-{block}.npy"
