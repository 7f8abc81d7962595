"""Tags read from a product photo: shape, rim, upper line, material, colours, nose; thickness, angularity, width above.

A small network (`models/frame-tagger.tflite`, its card beside it) that learnt on renders alone. Height and width
are not guessed by it: they are measured on the picture, where its scale is known.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES
from shared.eyewear.describe import BASE_SHAPE
from shared.eyewear.locate import SIZE, Located, Pixels, locate
from shared.eyewear.proportions import HEIGHT_MM, WIDTH_MM, size_shares
from shared.eyewear.shares import COLOUR_SHARE, RIM_SHARE, SHAPE_SHARE
from shared.eyewear.spec import CANVAS_MM, Colour, Material, Nose, Rim, Shape, UpperLine
from shared.models import find, load_verified

# In the order of the network's answers; the names are those of `FrameSpec`.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "shape": tuple(Shape),
    "rim": tuple(Rim),
    "upper": tuple(UpperLine),
    "material": tuple(Material),
    "color": tuple(Colour),
    "second": tuple(Colour),
    "nose": tuple(Nose),
}
NUMBERS = ("thick", "angularity", "top_heavy")

# On photos: logits are divided by the first; the second adds how much oftener than in training shops sell each.
_TEMPER = 2.0
_LEAST_SOLD = 1e-3


def _sold(shares: Mapping[Any, float], words: tuple[str, ...]) -> NDArray[np.float32]:
    """Logarithm of the shops' share over that of the lessons, which mix it with equal shares, half and half."""
    shop = np.array([shares.get(word, 0.0) for word in words])
    shop /= shop.sum()
    taught = (shop + 1 / len(words)) / 2
    return np.asarray(np.log((shop + _LEAST_SOLD) / (taught + _LEAST_SOLD)), np.float32)


_SOLD = {
    "shape": _sold(SHAPE_SHARE, GROUPS["shape"]),
    "rim": _sold(RIM_SHARE, GROUPS["rim"]),
    "color": _sold(
        {c: sum(COLOUR_SHARE[m].get(c, 0.0) for m in (Material.PLASTIC, Material.METAL)) for c in Colour},
        GROUPS["color"],
    ),
}
_USUAL_WIDTH = (138.0, 6.0)  # mm and its deviation, where nobody knows the scale
_SURE = 2.0  # mm: how exactly a known scale measures a front
_HEIGHT_NOISE = 0.04  # of the height: temples and shadows reach into its box
_TOP_HEAVY_FROM = 0.25  # as in `describe`
_SECOND_WEIGHT = 0.5


@dataclass(frozen=True)
class Tags:
    """What a photo shows.

    Attributes:
        shares: By group (`GROUPS`, and `height`, `width`), the probability of each value; they sum to 1.
        thick: Rim thickness as a z-score within its material.
        angularity: 0 soft corners to 1 sharp ones.
        top_heavy: 0 as wide below as above to 1 nearly all width above.
        features: What the network saw, a description of fixed length; near ones look alike.
        box: Where on the photo the frame is: left, top, right, bottom, in pixels.
    """

    shares: Mapping[str, Mapping[str, float]]
    thick: float
    angularity: float
    top_heavy: float
    features: NDArray[np.float32]
    box: tuple[int, int, int, int]

    def best(self, group: str) -> str:
        """The likeliest value of a group."""
        return max(self.shares[group], key=self.shares[group].__getitem__)

    def sure(self, group: str) -> float:
        """Its probability."""
        return max(self.shares[group].values())

    def vectors(self, *, male: bool = False) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The 31 shape and 15 colour numbers, in the conventions of `shared.eyewear.describe`.

        Args:
            male: Whether it is sold as a men's frame, which no photo tells.
        """
        return self._shape_numbers(male), self._colour_numbers()

    def _shape_numbers(self, male: bool) -> tuple[float, ...]:
        shape = Shape(self.best("shape"))
        on = {shape.value, BASE_SHAPE.get(shape, shape).value, self.best("rim"), self.best("material")}
        on |= {f"{group}_{self.best(group)}" for group in ("height", "width", "upper")}
        numbers = {name: float(name in on) for name in SHAPE_FEATURES}
        numbers["nose_pads"] = float(self.best("nose") == Nose.PADS)
        numbers["top_heavy"] = float(self.top_heavy >= _TOP_HEAVY_FROM)
        numbers["angular"] = min(1.0, max(0.0, round(2 * self.angularity) / 2))
        numbers["thick"] = -0.9 if self.best("rim") == Rim.RIMLESS else round(self.thick, 3)
        numbers["male"] = float(male)
        return tuple(numbers[name] for name in SHAPE_FEATURES)

    def _colour_numbers(self) -> tuple[float, ...]:
        numbers = dict.fromkeys(COLOR_FEATURES, 0.0)
        main, second = self.best("color"), self.best("second")
        numbers[main] += 1.0
        numbers[second] += _SECOND_WEIGHT
        numbers["colors_differ"] = float(main != second)
        return tuple(numbers.values())


class Tagger:
    """Reads photos. Make one for each process; calls may come from several threads.

    Args:
        name: The network, as the lists of models call it.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: They are not those in the list.
    """

    def __init__(self, name: str = "frame-tagger") -> None:
        self._weights = load_verified(name)
        self.version = find(name).version
        self._lock = Lock()

    def read(self, photo: Pixels, *, width_mm: float | None = None) -> Tags:
        """Tags of one photo.

        Args:
            photo: RGB (h, w, 3) on a plain ground, or RGBA (h, w, 4).
            width_mm: Width of the whole front where it is known, e.g. from a column.

        Raises:
            FrameInvalidError: The picture shows no frame.
        """
        return self.tag(locate(photo), width_mm)

    def read_canvas(self, view: Pixels, *, canvas_mm: float = CANVAS_MM[0]) -> Tags:
        """Tags of a picture whose width in mm is known: what the renderer or the generator draws.

        Raises:
            FrameInvalidError: The picture shows no frame.
        """
        found = locate(view)
        width_mm = (found.box[2] - found.box[0]) * canvas_mm / view.shape[1]
        return self.tag(found, width_mm, photo=False)

    def tag(self, found: Located, width_mm: float | None = None, *, photo: bool = True) -> Tags:
        """Tags of a frame already found.

        Args:
            found: Where it is.
            width_mm: Width of the whole front where it is known.
            photo: Whether it is a shop's photo: then the network is trusted less than on renders, which it learnt on,
                and what shops sell more often is likelier.
        """
        answers, features = self._run(found.pixels)
        shares, start = {}, 0
        for group, words in GROUPS.items():
            part = answers[:, start : start + len(words)]
            if photo:
                part = part / _TEMPER + _SOLD.get(group, 0.0)
            shares[group] = dict(zip(words, _softmax(part).mean(axis=0).tolist(), strict=True))
            start += len(words)
        numbers = answers[:, start:].mean(axis=0).tolist()
        return Tags(
            shares=shares | sizes(found.aspect, width_mm),
            **dict(zip(NUMBERS, numbers, strict=True)),
            features=features.mean(axis=0),
            box=found.box,
        )

    @cached_property
    def _network(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  who reads no photo needs no runtime

        network = Interpreter(model_content=self._weights, num_threads=1)
        return network.get_signature_runner()

    def _run(self, pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Answers and features of both halves."""
        middle = SIZE[0] // 2
        both = np.stack([pixels[:, :middle], pixels[:, : middle - 1 : -1]]).astype(np.float32)
        with self._lock:
            found = self._network(half=both)
        return found["tags"], found["features"]


def sizes(aspect: float, width_mm: float | None) -> dict[str, dict[str, float]]:
    """How likely a front is small, medium or large, across and down.

    Args:
        aspect: Its height over its width.
        width_mm: Its width; not known, it is as wide as frames are (138 ± 6 mm).
    """
    mean, noise = _USUAL_WIDTH if width_mm is None else (width_mm, _SURE)
    height = aspect * mean
    return {
        "width": size_shares(mean, noise, WIDTH_MM),
        "height": size_shares(height, math.hypot(aspect * noise, _HEIGHT_NOISE * height), HEIGHT_MM),
    }


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
