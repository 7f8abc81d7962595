"""Does a drawing show what was asked for: the tagger's word beside the wish's."""

import math
from typing import NamedTuple

from shared.contracts import Reading
from shared.errors import FrameInvalidError
from shared.eyewear.tagger import Tagger
from workers.gan.condition import FEATURES, GROUPS, Floats
from workers.gan.picture import Rgba

# How much a group counts when candidates are compared; what a shopper sees first counts most.
_WEIGHTS = {
    "shape": 1.0, "rim": 1.0, "color": 1.0, "material": 1.0,
    "upper": 0.5, "height": 0.5, "width": 0.5, "nose": 0.3,
}  # fmt: skip
_LEAST = 1e-4


class Read(NamedTuple):
    """What the tagger says of one drawing.

    Attributes:
        score: Weighed log probability of what was asked for; 0 is certain.
        readings: By group.
    """

    score: float
    readings: tuple[Reading, ...]


def asked_words(condition: Floats) -> dict[str, str]:
    """The words that a condition (46,) asks for, by the tagger's groups."""
    words = {}
    for group, place in GROUPS.items():
        names = FEATURES[place]
        words[group] = names[int(condition[place].argmax())].removeprefix(f"{group}_")
    words["nose"] = "pads" if condition[FEATURES.index("nose_pads")] else "moulded"
    return words


def read(tagger: Tagger, pixels: Rgba, asked: dict[str, str], canvas_mm: float) -> Read:
    """Read a drawing; one that shows no frame at all scores worst."""
    try:
        tags = tagger.read_canvas(pixels, canvas_mm=canvas_mm)
    except FrameInvalidError:
        return Read(-math.inf, ())
    score = sum(
        weight * math.log(max(tags.shares[group][asked[group]], _LEAST)) for group, weight in _WEIGHTS.items()
    )
    readings = tuple(
        Reading(group=group, asked=asked[group], seen=tags.best(group), confidence=min(1.0, tags.sure(group)))
        for group in _WEIGHTS
    )
    return Read(score, readings)
