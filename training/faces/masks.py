"""Heads with masks: those that people drew and those of the teacher, and what the parsing network reads of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.faces.alter import Matrix, Random, Spread, lit, placed, worn
from training.faces.gather import gather
from training.faces.kept import Kept
from training.faces.teacher import TAUGHT, UNSURE
from workers.perception.networks import Floats
from workers.perception.outlines import OutlineReader
from workers.perception.photo import Pixels
from workers.perception.regions import SIZE, Map, Region, network_input
from workers.perception.window import Points

# Classes of the masks to regions; jewellery and clothes are background.
_REGION_OF = np.zeros(256, np.uint8)
for _classes, _region in (
    ((1, 2, 8, 9), Region.SKIN),
    ((3,), Region.GLASSES),
    ((4, 5), Region.EYES),
    ((6, 7), Region.BROWS),
    ((10,), Region.MOUTH),
    ((11, 12), Region.LIPS),
    ((13,), Region.HAIR),
    ((14,), Region.HAT),
    ((17,), Region.NECK),
):
    _REGION_OF[list(_classes)] = _region
_HELD_OUT = 5
# Two cuts whose small grey pictures correlate more than this are of one photo.
_SAME = 0.93
_BATCH = 12
# Of the teacher's masks, how many an epoch shows.
_TAUGHT_SHOWN = 400

# What the network reads: its own input, then the trunk's maps, near to far.
Inputs = tuple[Floats, Floats, Floats, Floats]


class Heads(NamedTuple):
    """Cuts (n × 256 × 256 × 3), their maps of regions (`UNSURE` teaches nothing), mesh and lids in pixels of the cut."""

    rgb: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    mesh: NDArray[np.float64]
    lids: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_]) -> "Heads":
        """Some of them."""
        return Heads(self.rgb[chosen], self.regions[chosen], self.mesh[chosen], self.lids[chosen])

    def beside(self, other: "Heads") -> "Heads":
        """Both, the other's last."""
        parts: list[Any] = [
            np.concatenate([getattr(self, name), getattr(other, name)]) for name in self._fields
        ]
        return Heads(*parts)

    def mirrored(self) -> "Heads":
        """All of them in a mirror."""
        turn, side = np.array([-1.0, 1.0]), np.array([self.rgb.shape[2], 0.0])
        return Heads(
            self.rgb[:, :, ::-1], self.regions[:, :, ::-1], self.mesh * turn + side, self.lids * turn + side
        )


def load(kept: Kept, regions: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> Heads:
    """The chosen heads of a folder, with their maps of regions."""
    sights = [kept.sight(int(number)) for number in np.flatnonzero(chosen)]
    mesh = np.array([sight.head.points for sight in sights])
    lids = np.array([sight.lids for sight in sights])
    return Heads(np.array(kept.part("crop")[chosen]), np.array(regions[chosen]), mesh, lids)


def plain(heads: Heads, reader: OutlineReader) -> Inputs:
    """What the network reads of heads without any change."""
    pixels = [
        network_input(rgb, mesh, (lids[0], lids[1]))
        for rgb, mesh, lids in zip(heads.rgb, heads.mesh, heads.lids, strict=True)
    ]
    return np.array(pixels), *_maps(heads.rgb, reader)


def _maps(cuts: Pixels, reader: OutlineReader) -> tuple[Floats, Floats, Floats]:
    """The trunk's maps of some cuts, of which it takes two at a time."""
    even = np.concatenate([cuts, cuts[len(cuts) - len(cuts) % 2 :]])
    seen = [reader.see(even[start : start + 2]) for start in range(0, len(even), 2)]
    near, middle, far = (np.concatenate(part)[: len(cuts)] for part in list(zip(*seen, strict=True))[1:])
    return near, middle, far


def altered(heads: Heads, number: int, rng: Random) -> tuple[Pixels, Floats, Map]:
    """One head in other light, cut differently, the mesh a little wrong, as on hard photos.

    Returns:
        The cut, the network's own input, and the map of regions at its size.
    """
    rgb, full = worn(lit(heads.rgb[number], rng), rng), heads.rgb.shape[1]
    matrix = placed(rng, full, Spread())
    cut = cv2.warpAffine(rgb, _centred(matrix), (full, full), borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8
    )
    small = np.asarray(matrix * (SIZE / full))
    regions = cv2.warpAffine(heads.regions[number], _centred(small), (SIZE, SIZE), flags=cv2.INTER_NEAREST)
    jitter = rng.normal(0, 0.5, 2)

    def moved(points: Points) -> Points:
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2] + jitter)

    lids = heads.lids[number]
    mesh = moved(heads.mesh[number])
    pixels = network_input(cut, mesh, (moved(lids[0]), moved(lids[1])))
    return cut, pixels, regions.astype(np.uint8)


def _centred(matrix: Matrix) -> Matrix:
    """For OpenCV, which counts from pixel centres, not from corners."""
    half = np.full(2, 0.5)
    return np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ half - half])


def _turns(heads: Heads) -> NDArray[np.int64]:
    """How often each head comes in an epoch: those with glasses or a hat three times."""
    rare = ((heads.regions == Region.GLASSES) | (heads.regions == Region.HAT)).mean(axis=(1, 2)) > 0.01  # noqa: PLR2004
    return np.where(rare, 3, 1)


class Lessons(NamedTuple):
    """Heads with masks that people drew, and heads with the teacher's."""

    drawn: Heads
    taught: Heads | None

    def epoch(self, reader: OutlineReader, rng: Random) -> Iterator[tuple[Inputs, NDArray[np.uint8]]]:
        """One epoch in batches: all drawn masks, and some of the teacher's."""
        heads, order = self.drawn, np.repeat(np.arange(len(self.drawn.rgb)), _turns(self.drawn))
        if self.taught is not None:
            heads, first = self.drawn.beside(self.taught), len(self.drawn.rgb)
            order = np.concatenate([order, first + rng.permutation(len(self.taught.rgb))[:_TAUGHT_SHOWN]])
        order = rng.permutation(order)
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            cuts, pixels, regions = zip(
                *(altered(heads, number, rng) for number in order[start : start + _BATCH]), strict=True
            )
            yield (np.array(pixels), *_maps(np.array(cuts), reader)), np.array(regions)

    @property
    def batches(self) -> int:
        """Of one epoch."""
        more = 0 if self.taught is None else min(_TAUGHT_SHOWN, len(self.taught.rgb))
        return (int(_turns(self.drawn).sum()) + more) // _BATCH


def held_out(count: int) -> NDArray[np.bool_]:
    """Which heads are judged and do not teach: every fifth."""
    return np.asarray(np.arange(count) % _HELD_OUT == 0)


def drawn(kept: Kept, chosen: NDArray[np.bool_]) -> Heads:
    """Some of the heads whose masks people drew."""
    return load(kept, _REGION_OF[np.array(kept.part("mask"))], chosen)


def taught(kept: Kept, judged: Heads) -> Heads:
    """The heads that the teacher gave masks, without those that are pictures of a judged head."""
    maps = kept.part(TAUGHT)
    chosen = (np.array(maps) != UNSURE).any(axis=(1, 2))
    chosen[chosen] = ~_alike(np.array(kept.part("crop")[chosen]), judged.rgb)
    return load(kept, maps, chosen)


def _alike(cuts: Pixels, others: Pixels) -> NDArray[np.bool_]:
    """Whether a cut looks all but the same as one of the others."""

    def small(rgb: Pixels) -> Floats:
        inner = cv2.cvtColor(rgb[40:216, 40:216], cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(inner, (24, 24), interpolation=cv2.INTER_AREA).ravel().astype(np.float32)
        grey -= grey.mean()
        return np.asarray(grey / max(float(np.linalg.norm(grey)), 1e-6))

    likeness = np.array([small(one) for one in cuts]) @ np.array([small(one) for one in others]).T
    return np.asarray(likeness.max(axis=1) > _SAME)


def learn_from(data: Path, work: Path) -> tuple[Lessons, Heads]:
    """What teaches, and the heads held out."""
    folder = data / "celebahq_parsing"
    gather(folder, work / "kept")
    kept = Kept(work / "kept", data, folder.name)
    unseen = held_out(len(kept))
    judged, found = drawn(kept, unseen), None
    for file in sorted((work / "kept").glob(f"*/{TAUGHT}.npy")):
        more = taught(Kept(work / "kept", data, file.parent.name), judged)
        found = more if found is None else found.beside(more)
    return Lessons(drawn(kept, ~unseen), found), judged
