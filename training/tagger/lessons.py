"""What the tagger learns from: photographed renders with their tags, made once and kept."""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from rich.progress import track

from shared.errors import FrameInvalidError
from shared.eyewear.describe import thickness_score
from shared.eyewear.locate import SIZE, locate
from shared.eyewear.spec import FrameSpec
from shared.eyewear.tagger import GROUPS, NUMBERS
from shared.settings import settings
from training.renders import views
from training.tagger.photos import photographed

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]

VIEW = 256  # width of the renders that are photographed
_LOOK = 1  # raise it when photos are made otherwise
_PART = 250
_RETAKES = 3


class Lessons(NamedTuple):
    """Photos with what is on them; row i of both is one photo.

    Attributes:
        pixels: (n, 96, 224, 3) uint8, as `shared.eyewear.locate` gives them, mapped from disk.
        targets: (n, 54) float32: a share for every value of every group, then the numbers.
    """

    pixels: Pixels
    targets: Numbers


def lessons(
    count: int, seed: int, *, photos: int = 2, tinted: float = 0.0, folder: Path | None = None
) -> Lessons:
    """Photographed renders.

    Args:
        count: How many frames.
        seed: Which.
        photos: How many photos of each.
        tinted: As in `training.renders.views`.
        folder: Where they are kept; `training/` in `data_dir` when not given.
    """
    drawn = views(count, seed, VIEW, tinted=tinted, folder=folder)
    kept = (folder or settings().data_dir / "training") / (
        f"photos{_LOOK}-{count}-{seed}-{photos}{f'-tinted{tinted:g}' if tinted else ''}.npy"
    )
    if not kept.is_file():
        part = kept.with_suffix(".part")
        _photograph(part, (count, seed, photos), drawn.images)
        part.replace(kept)
    told = np.array([target(spec) for spec in drawn.specs], np.float32)
    return Lessons(np.load(kept, mmap_mode="r"), np.repeat(told, photos, axis=0))


def _photograph(path: Path, asked: tuple[int, int, int], images: Pixels) -> None:
    count, seed, photos = asked
    pixels = open_memmap(path, "w+", np.uint8, (count * photos, SIZE[1], SIZE[0], 3))
    starts = range(0, count, _PART)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(_take, images[s : s + _PART], (seed, s), photos) for s in starts]
        for start, job in track(
            list(zip(starts, jobs, strict=True)), description=f"photographing {count} frames"
        ):
            taken = job.result()
            pixels[start * photos : start * photos + len(taken)] = taken
    pixels.flush()


def _take(images: Iterable[Pixels], seed: tuple[int, int], photos: int) -> Pixels:
    rng = np.random.default_rng(seed)
    return np.stack([photo(np.asarray(view), rng) for view in images for _ in range(photos)])


def photo(view: Pixels, rng: np.random.Generator) -> Pixels:
    """One located photo of a view; where it hides the frame (pale on pale) another is taken."""
    for _ in range(_RETAKES):
        try:
            return locate(photographed(view, rng)).pixels
        except FrameInvalidError:
            continue
    return locate(view).pixels


def target(spec: FrameSpec) -> list[float]:
    """The tags of a frame: a share for every value of every group, then the numbers."""
    numbers = {
        "thick": min(3.0, max(-2.0, thickness_score(spec))),
        "angularity": spec.angularity,
        "top_heavy": spec.top_heavy,
    }
    shares = [share for group, words in GROUPS.items() for share in _shares(spec, group, words)]
    return shares + [numbers[name] for name in NUMBERS]


def _shares(spec: FrameSpec, group: str, words: Iterable[str]) -> list[float]:
    if group == "shape" and spec.towards is not None:
        mixed = {spec.shape: 1 - spec.mix, spec.towards: spec.mix}
        return [mixed.get(word, 0.0) for word in words]  # type: ignore[call-overload]  # the words of shapes
    value = getattr(spec, group)
    return [float(word == value) for word in words]
