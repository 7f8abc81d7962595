"""What the generator is told of a frame: the 46 numbers, and its style, which at serving time noise decides.

Every training view comes with the lengths and words it was drawn from. Given them, a network learns what they look
like by plain regression, long before a discriminator must teach it; a small prior, learnt beside, turns noise into
styles that occur with the 46 numbers (see `networks.Prior`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.eyewear.describe import thickness_score
from shared.eyewear.spec import Bridge, Colour, Finish, FrameSpec, Material, Rim, Shape
from training.renders import Views
from workers.gan.condition import FEATURES, GROUPS, condition

Floats = NDArray[np.float32]

# Lengths and degrees, each about within -2 … 2.
LENGTHS = (
    "width",
    "height",
    "bridge",
    "thick",
    "end_piece",
    "angularity",
    "top_heavy",
    "shade",
    "density",
    "mix",
)
# Words, one of each group; `none` is first where there may be none.
WORDS: dict[str, tuple[str, ...]] = {
    "finish": tuple(Finish),
    "second": tuple(Colour),
    "bridge": tuple(Bridge),
    "towards": ("none", *Shape),
    "tint": ("none", *(Colour.GREY, Colour.BLACK, Colour.BROWN, Colour.GREEN, Colour.BLUE, Colour.PINK, Colour.GOLD)),
    "gradient": ("even", "fading"),
}  # fmt: skip
STYLE = len(LENGTHS) + sum(map(len, WORDS.values()))
FREE = 10  # noise for what no word tells
NOISE = STYLE + FREE


class Knowns(NamedTuple):
    """Row i is one frame.

    Attributes:
        condition: (n, 46).
        style: (n, STYLE): lengths, then one 1 in each group of words.
    """

    condition: Floats
    style: Floats


def knowns(found: Views, seed: int = 0) -> Knowns:
    """What is known of each view.

    What a frame does not show (whom it is sold to, the thickness of a rim that is not there) is drawn at random,
    so that the generator learns to ignore it.
    """
    asked = condition(found.shape, found.color)
    shapes = tuple(Shape)
    asked[:, GROUPS["shape"]] = np.eye(len(shapes))[[shapes.index(spec.shape) for spec in found.specs]]
    rng = np.random.default_rng(seed)
    bare = np.array([spec.rim is Rim.RIMLESS for spec in found.specs])
    thick = FEATURES.index("thick")
    asked[bare, thick] = rng.uniform(-0.1, 1.0, int(bare.sum()))
    asked[:, FEATURES.index("male")] = rng.choice((-0.1, 0.0, 1.0), len(asked))
    return Knowns(asked, np.array([style(spec) for spec in found.specs], np.float32))


def shown(found: Views) -> NDArray[np.bool_]:
    """Which views the generator learns from: a wish never asks for wood."""
    return np.array([spec.material is not Material.WOOD for spec in found.specs])


def style(spec: FrameSpec) -> list[float]:
    """The style numbers of one frame."""
    lengths = (
        (spec.total_width - 138) / 8,
        (spec.total_height - 44) / 6,
        (spec.bridge_width - 18) / 3,
        thickness_score(spec),
        (spec.end_piece - 4.5) / 2,
        2 * spec.angularity - 1,
        2 * spec.top_heavy - 1,
        2 * spec.shade,
        2 * spec.tint_density - 1 if spec.lens_tint else 0.0,
        4 * spec.mix,
    )
    words = {
        "finish": spec.finish,
        "second": spec.second,
        "bridge": spec.bridge,
        "towards": spec.towards or "none",
        "tint": spec.lens_tint or "none",
        "gradient": "fading" if spec.lens_tint and spec.tint_gradient else "even",
    }
    return [*lengths, *(float(word == words[group]) for group, all_ in WORDS.items() for word in all_)]


def word_slices() -> dict[str, slice]:
    """Where each group of words lies among the style numbers."""
    places, start = {}, len(LENGTHS)
    for name, words in WORDS.items():
        places[name] = slice(start, start + len(words))
        start += len(words)
    return places
