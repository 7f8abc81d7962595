"""Views of random frames with the 46 numbers of each, drawn once and kept: `python -m training.renders`.

Everything that learns what frames look like learns it here: the generator, the enlarger, the tagger. No photo is
involved. A view is the renderer's whole canvas (160 × 80 mm), straight alpha.
"""

import argparse
import gzip
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from rich.progress import track

from shared.eyewear.describe import describe
from shared.eyewear.render import render_rgba
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import Colour, FrameSpec
from shared.settings import settings

Images = NDArray[np.uint8]
Numbers = NDArray[np.float32]

_LOOK = (
    2  # raise it when the renderer's look or the sampling changes: views kept from before are then redrawn
)
_TINTS = (
    *(Colour.GREY, Colour.BROWN, Colour.BLACK, Colour.BLUE, Colour.GREEN),
    *(Colour.PINK, Colour.PURPLE, Colour.GOLD, Colour.RED),
)
_PART = 250  # views a process draws at a time
_SHARPEST = 512  # up to this width a view is painted twice as wide and averaged down


class Views(NamedTuple):
    """Frames seen from the front; row i of everything is one frame.

    Attributes:
        images: (n, size / 2, size, 4) uint8, straight alpha, mapped from disk.
        shape: (n, 31), in the order of `SHAPE_FEATURES`.
        color: (n, 15), in the order of `COLOR_FEATURES`.
        specs: What was drawn.
    """

    images: Images
    shape: Numbers
    color: Numbers
    specs: tuple[FrameSpec, ...]


def views(
    count: int,
    seed: int,
    size: int = 160,
    *,
    even: float = 0.5,
    tinted: float = 0.0,
    folder: Path | None = None,
) -> Views:
    """Random frames; drawn at the first call (about 5 ms each), read from disk at later ones.

    Args:
        count: How many.
        seed: Which; the same on every run, however many processes draw.
        size: Width in pixels; the height is half of it.
        even: As in `random_spec`: 0 as shops sell them, 1 every word equally often.
        tinted: Share of the frames that become sunglasses, whatever was drawn; `random_spec` alone makes an eighth.
        folder: Where they are kept; `training/` in `data_dir` when not given.
    """
    kept = (folder or settings().data_dir / "training") / (
        f"views{_LOOK}-{count}-{seed}-{size}-{even:g}" + (f"-tinted{tinted:g}" if tinted else "")
    )
    if not (kept / "specs.jsonl.gz").is_file():
        _draw_all(kept, (count, seed, size), (even, tinted))
    text = gzip.decompress((kept / "specs.jsonl.gz").read_bytes()).decode()
    specs = tuple(FrameSpec.model_validate_json(line) for line in text.splitlines())
    told = [describe(spec) for spec in specs]
    shape, color = (np.array([pair[i] for pair in told], np.float32) for i in (0, 1))
    return Views(np.load(kept / "images.npy", mmap_mode="r"), shape, color, specs)


def _draw_all(kept: Path, asked: tuple[int, int, int], mix: tuple[float, float]) -> None:
    """Fill the folder; the list of specifications is written last, so a folder without one is not finished."""
    count, seed, size = asked
    kept.mkdir(parents=True, exist_ok=True)
    images = open_memmap(kept / "images.npy", "w+", np.uint8, (count, size // 2, size, 4))
    starts = range(0, count, _PART)
    lines: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(_draw_part, (seed, s), min(_PART, count - s), size, mix) for s in starts]
        for start, job in track(list(zip(starts, jobs, strict=True)), description=f"drawing {count} frames"):
            drawn, part = job.result()
            images[start : start + len(drawn)] = drawn
            lines.extend(part)
    images.flush()
    (kept / "specs.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode(), 6))


def _draw_part(
    seed: Sequence[int], count: int, size: int, mix: tuple[float, float]
) -> tuple[Images, list[str]]:
    rng, (even, tinted) = np.random.default_rng(seed), mix
    specs = [random_spec(rng, even=even) for _ in range(count)]
    if tinted:
        specs = [_sunglasses(spec, rng) if rng.random() < tinted else spec for spec in specs]
    return np.stack([draw(spec, size) for spec in specs]), [spec.model_dump_json() for spec in specs]


def _sunglasses(spec: FrameSpec, rng: np.random.Generator) -> FrameSpec:
    """The frame with lenses of any colour, from a breath of it to nearly opaque, often fading downwards."""
    return spec.model_copy(
        update={
            "lens_tint": _TINTS[int(rng.integers(len(_TINTS)))],
            "tint_density": round(float(rng.uniform(0.2, 1.0)), 3),
            "tint_gradient": bool(rng.random() < 0.5),  # noqa: PLR2004  one of two
        }
    )


def draw(spec: FrameSpec, size: int) -> Images:
    """One view: (size / 2, size, 4), straight alpha."""
    if size > _SHARPEST:
        return render_rgba(spec, size)
    fine = premultiplied(render_rgba(spec, 2 * size))
    coarse = cv2.resize(fine, (size, size // 2), interpolation=cv2.INTER_AREA)
    return straight(np.asarray(coarse, np.float32))


def premultiplied(pixels: Images) -> NDArray[np.float32]:
    """RGBA whose colours are weighed by their alpha, 0 to 255: only so may pixels be averaged."""
    known = pixels.astype(np.float32)
    known[..., :3] *= known[..., 3:] / 255
    return known


def straight(pixels: NDArray[np.float32]) -> Images:
    """The inverse of `premultiplied`, rounded."""
    whole = pixels.copy()
    whole[..., :3] *= 255 / np.maximum(pixels[..., 3:], 1e-3)
    return np.asarray(np.clip(np.round(whole), 0, 255), np.uint8)


def main() -> None:
    """Draw (or find) a set and say where it stands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=160, help="width in pixels")
    given = parser.parse_args()
    found = views(given.count, given.seed, given.size)
    print(f"{len(found.specs)} views of {found.images.shape[2]} × {found.images.shape[1]} pixels are kept")


if __name__ == "__main__":
    main()
