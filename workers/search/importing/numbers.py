"""The 46 numbers of a frame, from what its row and its photo tell.

What nobody tells stays neutral: all alternatives alike (zeros) and qualities in their middle, which neither wins nor
loses against any wish. What a photo only hints at counts by how sure the reading is, in quarters.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES
from shared.eyewear.describe import BASE_SHAPE
from shared.eyewear.proportions import HEIGHT_MM, RIM_MM, WIDTH_MM, size_shares
from shared.eyewear.spec import Material, Rim, Shape

Shares = tuple[tuple[str, float], ...]  # by word; they need not sum to 1

_SECOND_WEIGHT = 0.5
_RIMLESS_THICK = -0.9  # as published
# A front is so much wider than its lenses and bridge, and higher than its lenses, and how exactly that is known: mm.
_ENDS = (14.0, 4.0)
_RIMS = (6.0, 3.0)
_USUAL_BRIDGE = (18.0, 2.0)
_MEASURED = 2.0


class Told(NamedTuple):
    """What is known of a frame.

    Attributes:
        shape: By word, how sure; likewise `rim`, `upper`, `material`, `color`, `second`, `width` and `height`.
        nose_pads: 0 none to 1 has them; likewise `top_heavy` and `angular`.
        thick: A z-score within its material.
        male: Whether it is sold to men alone.
    """

    shape: Shares = ()
    rim: Shares = ()
    upper: Shares = ()
    material: Shares = ()
    color: Shares = ()
    second: Shares = ()
    width: Shares = ()
    height: Shares = ()
    nose_pads: float = 0.5
    top_heavy: float = 0.5
    angular: float = 0.5
    thick: float = 0.0
    male: bool = False


@lru_cache(maxsize=20_000)
def vectors(told: Told) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The 31 shape and 15 colour numbers, in the conventions of `shared.eyewear.describe`."""
    return _shape_numbers(told), _colour_numbers(told)


def _shape_numbers(told: Told) -> tuple[float, ...]:
    numbers = dict.fromkeys(SHAPE_FEATURES, 0.0)
    for word, share in (*told.rim, *told.material):
        if word in numbers:  # wood is neither plastic nor metal
            numbers[word] = share
    for word, share in told.shape:
        shape = Shape(word)
        numbers[word] = max(numbers[word], share)
        base = BASE_SHAPE.get(shape, shape).value
        numbers[base] = max(numbers[base], share)
    for group in ("width", "height", "upper"):
        for word, share in getattr(told, group):
            numbers[f"{group}_{word}"] = share
    for name in ("nose_pads", "top_heavy", "angular", "thick"):
        numbers[name] = getattr(told, name)
    if sure(told.rim) == Rim.RIMLESS:
        numbers["thick"] = _RIMLESS_THICK
    numbers["male"] = float(told.male)
    return tuple(numbers.values())


def _colour_numbers(told: Told) -> tuple[float, ...]:
    numbers = dict.fromkeys(COLOR_FEATURES, 0.0)
    for word, share in told.color:
        numbers[word] += share
    for word, share in told.second:
        numbers[word] += _SECOND_WEIGHT * share
    if told.color and told.second:
        numbers["colors_differ"] = float(told.color[0][0] != told.second[0][0])
    return tuple(numbers.values())


def word(one: str) -> Shares:
    """A word that was told."""
    return ((one, 1.0),)


def sure(shares: Shares) -> str | None:
    """The word that is as good as told: at least three quarters sure."""
    best = max(shares, key=lambda pair: pair[1], default=None)
    return best[0] if best and best[1] >= 0.75 else None  # noqa: PLR2004  as the docstring says


def quarters(shares: Mapping[str, float] | Iterable[tuple[str, float]]) -> Shares:
    """Shares rounded to quarters, the largest first; few values are all that a search has to tell apart."""
    rounded = ((word, round(4 * share) / 4) for word, share in dict(shares).items())
    return tuple(sorted(((word, share) for word, share in rounded if share > 0), key=lambda pair: -pair[1]))


@lru_cache(maxsize=20_000)
def widths(total: float | None, lens: float | None, bridge: float | None) -> Shares:
    """How wide a front is, from its sizes in mm; nothing when neither width nor lens is known."""
    if total is not None:
        return quarters(size_shares(total, _MEASURED, WIDTH_MM))
    if lens is None:
        return ()
    gap, doubt = (bridge, 0.5) if bridge is not None else _USUAL_BRIDGE
    return quarters(size_shares(2 * lens + gap + _ENDS[0], _ENDS[1] + doubt, WIDTH_MM))


@lru_cache(maxsize=20_000)
def heights(lens: float | None) -> Shares:
    """How high a front is, from the height of its lenses in mm."""
    return () if lens is None else quarters(size_shares(lens + _RIMS[0], _RIMS[1], HEIGHT_MM))


def thickness(millimetres: float, material: str | None) -> float:
    """A rim's thickness as a z-score within its material; of an unknown one as if of plastic."""
    mean, deviation = RIM_MM[Material(material) if material else Material.PLASTIC]
    return round((millimetres - mean) / deviation, 2)
