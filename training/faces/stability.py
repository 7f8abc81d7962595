"""Whether a photo says the same when it is lit, turned, compressed, mirrored or made small a little."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from shared.contracts import Face
from shared.errors import PhotoError
from training.faces.alter import compressed
from training.sights import load_photo, read_rows
from workers.perception.perceiver import Perceiver
from workers.perception.photo import Pixels


def _lit(factor: float) -> Callable[[Pixels], Pixels]:
    return lambda rgb: np.clip(rgb * factor, 0, 255).astype(np.uint8)


def _turned(degrees: float) -> Callable[[Pixels], Pixels]:
    def turn(rgb: Pixels) -> Pixels:
        height, width = rgb.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        return cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)

    return turn


ALTERATIONS: dict[str, Callable[[Pixels], Pixels]] = {
    "a fifth lighter": _lit(1.2),
    "a fifth darker": _lit(0.8),
    "turned by 10°": _turned(10),
    "turned by -10°": _turned(-10),
    "JPEG of quality 60": lambda rgb: compressed(rgb, 60),
    "mirrored": lambda rgb: np.ascontiguousarray(rgb[:, ::-1]),
    "half the size": lambda rgb: cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(
        np.uint8
    ),
}


def judge_altered(data: Path, work: Path, most: int = 60) -> None:  # noqa: ARG001  photos are read as they are
    """Print for every alteration, and for every attribute, how often the value is the same.

    `unknown` on one of the two photos counts as different.
    """
    folder = data / "test_portraits_unlabelled"
    perceiver = Perceiver()
    photos = [load_photo(folder, row) for row in read_rows(folder)[:most]]
    plain = [(rgb, _face(perceiver, rgb)) for rgb in photos if rgb is not None]
    known = [(rgb, face) for rgb, face in plain if face is not None]
    names = list(known[0][1].attributes())
    same = {name: np.zeros((len(known), len(names))) for name in ALTERATIONS}
    overlap = dict.fromkeys(ALTERATIONS, 0.0)
    for alteration, alter in ALTERATIONS.items():
        for number, (rgb, face) in enumerate(known):
            again = _face(perceiver, alter(rgb))
            if again is not None:
                pairs = zip(face.attributes().values(), again.attributes().values(), strict=True)
                same[alteration][number] = [one.value == other.value for one, other in pairs]
                shared = sum(min(p, again.faceshape[shape]) for shape, p in face.faceshape.items())
                overlap[alteration] += shared / len(known)
    print(f"{len(known)} portraits\n| altered | same value | face shapes overlap |\n|---|---|---|")
    for alteration, table in same.items():
        print(f"| {alteration} | {table.mean():.3f} | {overlap[alteration]:.3f} |")
    every = np.array(list(same.values()))
    print(f"| all | {every.mean():.3f} | {np.mean(list(overlap.values())):.3f} |")
    print(
        ", ".join(f"{name} {share:.2f}" for name, share in zip(names, every.mean(axis=(0, 1)), strict=True))
    )


def _face(perceiver: Perceiver, rgb: Pixels) -> Face | None:
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG", compress_level=1)
    try:
        return perceiver.perceive(file.getvalue())
    except PhotoError:
        return None
