"""What heads look at: one row of numbers for a face, made in one pass and the same for the face in a mirror.

* `face`, `wide`: the middle layer of a face network on the face (1.2 times the mesh) and on the head with hair
  (1.9);
* `low`, `high`: the same layer on quarters of the face at twice the scale: jaw and mouth, eyes and hairline;
* `outline`: a layer of a network that tells hair, skin and brows apart, on the head;
* `hog`: histograms of oriented gradients of the face (Dalal and Triggs 2005), which see outlines and wrinkles;
* `lab`: CIELAB of 16 × 16 cells of the head;
* `mesh`: the frontal mesh, symmetric and of one size (Procrustes), and how the head is held;
* `hairmask`: colours of hair and skin by the mask of each (`hair.py`);
* `embedding`, `grid`: a network that tells people apart, what it says and its last map but one (`embedding.py`).

Every block is the mean of the picture's and of its mirror image's: half the noise, and no side is preferred.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.crop import Crop
from workers.perception.embedding import EmbeddingReader
from workers.perception.faceshape import features as symmetric
from workers.perception.hair import hair_numbers
from workers.perception.networks import LiteNetwork
from workers.perception.outlines import OutlineReader
from workers.perception.photo import Pixels
from workers.perception.points import CHIN
from workers.perception.regions import RegionReader
from workers.perception.sight import Sight

Row = NDArray[np.float32]

# The order in which heads take the blocks.
BLOCKS = ("face", "wide", "low", "high", "outline", "hog", "lab", "mesh", "hairmask", "embedding", "grid")

_VIEW = 64
# The face within the cut of the head: 1.2 of its 1.9 meshes.
_FACE = 1.2 / 1.9
# The left quarters of the face in shares of the cut: top, left, side.
_LOW, _HIGH, _QUARTER = (0.469, 0.184), (0.105, 0.184), 0.348
_HOG_SIZE, _CELL, _BINS = 96, 8, 9
_LAB_CELLS = 16


class FeatureReader:
    """Loads the networks once."""

    def __init__(self, threads: int = 1) -> None:
        # Face, head and the left quarters, each with its mirror image.
        self._network = LiteNetwork("face-features", threads, batch=8)
        self._outlines = OutlineReader(threads)
        self._regions = RegionReader(threads)
        self._embedding = EmbeddingReader(threads)

    def read(self, sight: Sight) -> dict[str, Row]:
        """Each block by name, a row of float32."""
        head = sight.head
        outlines = self._outlines.read(head.rgb)
        regions = self._regions.read(sight, outlines)
        return {
            **self.conv(head.rgb),
            # 12 · 6 · 256 numbers, rows of cells from top to bottom.
            "outline": np.asarray(outlines.row.mean(axis=0), np.float32),
            "hog": hog(head.rgb),
            "lab": lab_cells(head),
            "mesh": mesh_numbers(sight),
            "hairmask": hair_numbers(head, regions),
            **self._embedding.read(head),
        }

    def conv(self, head: Pixels) -> dict[str, Row]:
        """`face`, `wide`, `low` and `high`: the network's map of each view, 7 · 7 · 128 numbers."""
        maps = self._network.run(np.concatenate([_views(head), _views(head[:, ::-1])]).astype(np.float32))[0]
        both = (maps[:4] + maps[4:]) / 2
        return dict(zip(("face", "wide", "low", "high"), both.reshape(4, -1), strict=True))


def _views(head: Pixels) -> Pixels:
    """Face, head, lower and upper left quarter; 4 × 64 × 64 × 3."""
    wide = cv2.resize(head, (_VIEW, _VIEW), interpolation=cv2.INTER_AREA)
    return np.array([face_of(head, _VIEW), wide, _quarter(head, *_LOW), _quarter(head, *_HIGH)], np.uint8)


def _quarter(head: Pixels, top: float, left: float) -> Pixels:
    row, column, side = (round(share * head.shape[0]) for share in (top, left, _QUARTER))
    part = head[row : row + side, column : column + side]
    return cv2.resize(part, (_VIEW, _VIEW), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def face_of(head: Pixels, size: int) -> Pixels:
    """The face out of the cut of the head, `size` × `size`."""
    side = head.shape[0]
    margin = round(side * (1 - _FACE) / 2)
    face = head[margin : side - margin, margin : side - margin]
    return cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def hog(head: Pixels) -> Row:
    """Gradient histograms of 12 × 12 cells, 9 directions, each block of 2 × 2 cells brought to length 1."""
    grey = cv2.cvtColor(face_of(head, _HOG_SIZE), cv2.COLOR_RGB2GRAY).astype(np.float32)
    both = _histograms(grey) + _histograms(np.ascontiguousarray(grey[:, ::-1]))
    return np.asarray(both.ravel() / 2, np.float32)


def _histograms(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=1)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=1)
    strength, angle = cv2.cartToPolar(across, down)
    place = (angle % np.pi) * (_BINS / np.pi) - 0.5
    low = np.floor(place).astype(np.int32)
    share = place - low
    cells = _HOG_SIZE // _CELL
    planes = np.zeros((_BINS, _HOG_SIZE, _HOG_SIZE), np.float32)
    rows, columns = np.indices(grey.shape)
    planes[low % _BINS, rows, columns] = strength * (1 - share)
    planes[(low + 1) % _BINS, rows, columns] = strength * share
    pooled = planes.reshape(_BINS, cells, _CELL, cells, _CELL).mean(axis=(2, 4)).transpose(1, 2, 0)
    squares = (pooled**2).sum(axis=2)
    block = squares[:-1, :-1] + squares[1:, :-1] + squares[:-1, 1:] + squares[1:, 1:]
    # A cell is measured against the mean strength of the blocks it lies in.
    padded = np.pad(block, 1, mode="edge")
    around = (padded[:-1, :-1] + padded[1:, :-1] + padded[:-1, 1:] + padded[1:, 1:]) / 4
    return np.asarray(np.minimum(pooled / (np.sqrt(around)[..., np.newaxis] + 1.0), 0.5), np.float32)


def lab_cells(head: Crop) -> Row:
    """CIELAB by cell in units of about 1, 16 × 8 × 3: the left half and the mirrored right one averaged."""
    cells = cv2.resize(head.lab, (_LAB_CELLS, _LAB_CELLS), interpolation=cv2.INTER_AREA)
    both = (cells + cells[:, ::-1]) / 2
    return (both[:, : _LAB_CELLS // 2] / (50.0, 20.0, 20.0)).astype(np.float32).ravel()


def mesh_numbers(sight: Sight) -> Row:
    """The symmetric mesh, its length, and the turn of the head."""
    flat = symmetric(sight.frontal)
    length = sight.frontal[CHIN, 1] - sight.frontal[10, 1]
    pose = sight.pose
    turn = (abs(pose.yaw) / 30, pose.pitch / 30, (pose.pitch / 30) ** 2)
    return np.array([*(flat * 30), length, *turn], np.float32)
