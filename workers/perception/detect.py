"""Where the faces are: BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047), and further looks where it is blind."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from workers.perception.networks import Floats, LiteNetwork, sigmoid
from workers.perception.photo import Pixels
from workers.perception.window import Points, Window, angle_between

MIN_SCORE = 0.5
MERGE_OVERLAP = 0.3  # boxes that overlap more (intersection over union) are the same face
# A closer look at a face takes in this many times the box around it.
_NEAR = 2.5
# A face that lies is clearer by a fifth when it stands; in a mask it may look a little like one upside down.
_CLEARER = 0.1
# Cells a side and anchors a cell of the two feature maps of the 256-pixel model.
_GRIDS = ((16, 2), (8, 6))


@dataclass(frozen=True, slots=True)
class Detection:
    """A face found.

    Attributes:
        window: The square around the face from brows to chin, turned so that the eyes are level.
        score: 0 to 1.
    """

    window: Window
    score: float


class Detector:
    """Finds what looks like a face; a mesh that fits proves it."""

    def __init__(self, network: LiteNetwork) -> None:
        self._network = network
        self._anchors = np.concatenate([_cell_centres(*grid) for grid in _GRIDS])

    def looks(self, rgb: Pixels) -> Iterator[list[Detection]]:
        """What each look at the photo finds, the largest first; take the first that convinces.

        A face that is too large or too small for the network, or lies on its side, needs a further look; each
        costs as much as the first.
        """
        for windows in _looks(rgb):
            found = [one for window in windows for one in self._look(rgb, window)]
            yield sorted(found, key=lambda one: one.window.side, reverse=True)

    def straightened(self, rgb: Pixels, face: Detection) -> Detection:
        """The same face as it looks best in quarter turns; as it was, when no turn makes it clearer."""
        near = face.window
        turns = [
            Window(near.x, near.y, near.side * _NEAR, near.angle + quarter * math.pi / 2)
            for quarter in range(4)
        ]
        found = [one for turn in turns for one in self._look(rgb, turn)]
        same = [one for one in found if _apart(one.window, near) < near.side / 2]
        best = max([face, *same], key=lambda one: one.score)
        return best if best.score > face.score + _CLEARER else face

    def _look(self, rgb: Pixels, window: Window) -> list[Detection]:
        size = self._network.size
        cut = window.cut(rgb, size, border=cv2.BORDER_CONSTANT)
        raw, logits = self._network(cut.astype(np.float32) / np.float32(127.5) - np.float32(1))
        scores = sigmoid(logits[:, 0])
        kept = scores > MIN_SCORE
        faces = self._decode(raw)[kept]
        return [_detection(face, score, window, size) for face, score in _merged(faces, scores[kept])]

    def _decode(self, raw: Floats) -> Points:
        """896 × 8 × 2: centre, width and height, then six key points, in pixels of the cut."""
        values = raw.reshape(-1, 8, 2).astype(np.float64)
        values[:, [0, 2, 3, 4, 5, 6, 7]] += self._anchors[:, np.newaxis] * self._network.size
        return values


def _looks(rgb: Pixels) -> Iterator[list[Window]]:
    """Windows to try, in order: whole, with a margin, turned by quarters, in four parts."""
    height, width = rgb.shape[:2]
    x, y, side = width / 2, height / 2, float(max(width, height))
    yield [Window(x, y, side)]
    yield [Window(x, y, side * 1.8)]
    for angle in (math.pi / 2, -math.pi / 2, math.pi):
        yield [Window(x, y, side * 1.2, angle)]
    part = min(0.6 * side, width, height)
    yield [
        Window(left, top, part)
        for left in sorted({part / 2, width - part / 2})
        for top in sorted({part / 2, height - part / 2})
    ]


def _apart(one: Window, other: Window) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _cell_centres(cells: int, anchors: int) -> Points:
    """(cells² · anchors) × 2 centres as fractions of the input, row by row."""
    along = (np.arange(cells) + 0.5) / cells
    rows, columns = np.meshgrid(along, along, indexing="ij")
    return np.repeat(np.column_stack([columns.ravel(), rows.ravel()]), anchors, axis=0)


def _merged(faces: Points, scores: Floats) -> Iterator[tuple[Points, float]]:
    """Non-maximum suppression that averages what it suppresses, weighted by score, as the network was meant."""
    waiting = np.argsort(-scores, kind="stable")
    while waiting.size:
        best = waiting[0]
        same = _overlap(faces[best], faces[waiting]) > MERGE_OVERLAP
        same[0] = True  # a box without area overlaps nothing, not even itself
        group = waiting[same]
        yield np.average(faces[group], axis=0, weights=scores[group]), float(scores[best])
        waiting = waiting[~same]


def _overlap(one: Points, many: Points) -> Floats:
    low = np.maximum(one[0] - one[1] / 2, many[:, 0] - many[:, 1] / 2)
    high = np.minimum(one[0] + one[1] / 2, many[:, 0] + many[:, 1] / 2)
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    together = np.prod(one[1]) + np.prod(many[:, 1], axis=1) - shared
    return np.asarray(shared / np.maximum(together, 1e-9), dtype=np.float32)


def _detection(face: Points, score: float, window: Window, size: int) -> Detection:
    centre, eye, other_eye = window.to_photo(face[[0, 2, 3]], size)
    side = float(face[1].max()) * window.side / size
    around = Window(float(centre[0]), float(centre[1]), side, angle_between(eye, other_eye))
    return Detection(around, score)
