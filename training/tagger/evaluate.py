"""Judge a tagger: `python -m training.tagger.evaluate --data ../shared/data/frames`.

On renders it has not seen, every tag; on labelled product photos (a shop's words for shape, rim and colour), accuracy
and confusion. No photo was trained on. Colours are also told by the nearest of the renderer's colours in CIELAB, as a
second opinion measured beside the network.
"""

import argparse
import time
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shared.errors import FrameInvalidError
from shared.eyewear.locate import Located, locate
from shared.eyewear.materials import palette
from shared.eyewear.spec import Colour, FrameSpec, Material
from shared.eyewear.tagger import GROUPS, NUMBERS, Tagger, Tags
from shared.settings import settings
from training.tagger.lessons import lessons
from workers.search.importing.words import COLOURS, RIMS, SHAPES, known

Pairs = list[tuple[str, str]]

HELD_OUT = (2_000, 12)  # frames and seed
_FILED = {"walnut": "round", "wayfarer": "rectangle"}  # where shops put the outlines that few of them name
_PAINTED = (Colour.SHINY, Colour.MULTICOLOR)  # no single colour


def main(argv: Sequence[str] | None = None) -> None:
    """Print what is right and what is taken for what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/frames"))
    parser.add_argument("--name", default="frame-tagger")
    parser.add_argument(
        "--renders", type=int, default=HELD_OUT[0], help="how many unseen renders; 0 leaves them out"
    )
    given = parser.parse_args(argv)
    tagger = Tagger(given.name)
    if given.renders:
        judge_renders(tagger, given.renders)
    for folder in sorted(path.parent for path in given.data.glob("*/labels.csv")):
        judge_photos(tagger, folder)


def judge_renders(tagger: Tagger, count: int) -> None:
    """Accuracy of every group and error of every number on photographed renders of another seed."""
    held = lessons(count, HELD_OUT[1], photos=1, folder=settings().data_dir / "training")
    right: Counter[str] = Counter()
    errors: list[list[float]] = []
    lab: Counter[bool] = Counter()
    for pixels, target in zip(held.pixels, held.targets, strict=True):
        tags, start = tagger.tag(Located(np.asarray(pixels), (0, 0, 1, 1)), photo=False), 0
        for group, words in GROUPS.items():
            wanted = words[int(target[start : start + len(words)].argmax())]
            right[group] += tags.best(group) == wanted
            if group == "color":
                lab[by_lab(pixels) == wanted] += 1
            start += len(words)
        errors.append([abs(getattr(tags, n) - t) for n, t in zip(NUMBERS, target[start:], strict=True)])
    told = ", ".join(f"{group} {right[group] / count:.3f}" for group in GROUPS)
    off = ", ".join(f"{n} {e:.3f}" for n, e in zip(NUMBERS, np.mean(errors, axis=0), strict=True))
    print(f"{count} unseen renders, photographed\n  right: {told}\n  mean error: {off}")
    print(f"  colour by CIELAB: {lab[True] / count:.3f}")


def judge_photos(tagger: Tagger, folder: Path) -> None:
    """Accuracy and confusion on one folder of labelled photos."""
    found: dict[str, Pairs] = {
        name: [] for name in ("shape", "shape, filed under", "rim", "colour", "colour by CIELAB")
    }
    seconds: list[float] = []
    labels = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)
    if "dup_of" in labels:
        labels = labels[labels["dup_of"] == ""]
    for row in labels.to_dict("records"):
        photo = read_photo(folder / row["file"])
        start = time.process_time()
        try:
            place = locate(photo)
            tags = tagger.tag(place)
        except FrameInvalidError:
            print(f"  {row['file']}: no frame found")
            continue
        seconds.append(time.process_time() - start)
        _note(found, row, tags, place)
    print(f"{folder.name}: {len(seconds)} photos, {1e3 * np.median(seconds):.1f} ms of CPU each (median)")
    for name, pairs in found.items():
        if pairs:
            _tell(name, pairs)


def _note(found: dict[str, Pairs], row: dict[Hashable, str], tags: Tags, place: Located) -> None:
    for name, words in (("shape", SHAPES), ("rim", RIMS)):
        if wanted := known(row.get(name) or "", words):
            found[name].append((wanted[0], tags.best(name)))
            if name == "shape":
                got = tags.best(name)
                found["shape, filed under"].append((wanted[0], _FILED.get(got, got)))
    colours = known(row.get("colours") or "", COLOURS)
    if colours:
        # Of sunglasses this shop names the lens first.
        main = colours[-1] if row.get("kind") == "sunglasses" else colours[0]
        found["colour"].append((main, tags.best("color")))
        found["colour by CIELAB"].append((main, by_lab(place.pixels)))


def _tell(name: str, pairs: Pairs) -> None:
    """What is right, for all and as a mean over classes, and the confusion: wanted down, got across."""
    table = pd.DataFrame(pairs, columns=["wanted", "got"])
    right = table["wanted"] == table["got"]
    classes = right.groupby(table["wanted"]).mean()
    print(
        f"  {name}: {right.sum()}/{len(right)} = {right.mean():.3f}, mean over classes {classes.mean():.3f}"
    )
    print(pd.crosstab(table["wanted"], table["got"]).to_string())


def read_photo(path: Path) -> NDArray[np.uint8]:
    """RGB or RGBA pixels of a file."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise FrameInvalidError(f"{path.name} is no picture.", field="image")
    if pixels.ndim == 2:  # noqa: PLR2004  grey
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    way = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA  # noqa: PLR2004  without alpha
    return np.asarray(cv2.cvtColor(pixels, way), np.uint8)


def by_lab(pixels: NDArray[np.uint8]) -> str:
    """The main colour as the renderer's nearest: of the rim's outer edge, where no lens is.

    Args:
        pixels: (96, 224, 3) RGB as `shared.eyewear.locate` gives them.
    """
    lab = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2LAB).astype(np.float32)
    far = np.linalg.norm(lab - (255, 128, 128), axis=2)
    ground = cv2.copyMakeBorder((far < 18).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)  # noqa: PLR2004
    _, reached, *_ = cv2.floodFill(ground, None, (0, 0), (2,))
    inside = (np.asarray(reached)[1:-1, 1:-1] != 2).astype(np.uint8)  # noqa: PLR2004
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    edge = (depth > 0.5) & (depth < 5)  # noqa: PLR2004
    if not edge.any():
        return str(Colour.TRANSPARENT)
    strong = edge & (far >= np.quantile(far[edge], 0.5))
    seen = np.median(lab[strong], axis=0)
    names, tones = _tones()
    return names[int(np.linalg.norm((tones - seen) * (0.6, 1, 1), axis=1).argmin())]


def _tones() -> tuple[list[str], NDArray[np.float32]]:
    pairs = [(c, m) for c in Colour if c not in _PAINTED for m in (Material.PLASTIC, Material.METAL)]
    rgb = np.array([[palette(FrameSpec(material=m, color=c)).main for c, m in pairs]], np.uint8)
    return [c.value for c, _ in pairs], cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0].astype(np.float32)


if __name__ == "__main__":
    main()
