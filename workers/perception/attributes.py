"""The 21 single-valued attributes: one table tells how each is made.

Four ways: a measurement that falls between cuts (`_banded`), several such asked in turn (`_questioned`), a
logistic line on a few numbers (`_lined`), and the nearest of several clusters of colour (`_clustered`). Where no way proved itself on photos the attribute is
`unknown` and says why; docs/perception.md has the figures. A network that learns an attribute later replaces
its entry in the table and nothing else.
"""

from collections.abc import Callable

from shared.contracts import Attribute, Evidence
from workers.perception import proportions
from workers.perception.beard import hair_around_mouth
from workers.perception.brows import brow_weight
from workers.perception.hair import hair_colour, hairline
from workers.perception.iris import iris_colour
from workers.perception.population import Population
from workers.perception.sight import Colour, Sight
from workers.perception.skin import skin_hue, skin_lightness

Measure = Callable[[Sight], float | None]
Numbers = Callable[[Sight], Colour | None]
Way = Callable[[Sight, Population], Attribute]

# Every measurement by the name it has in `Population.scales`.
SCALES: dict[str, Measure] = {
    "length_to_width": proportions.length_to_width,
    "jaw_angle": proportions.jaw_angle,
    "nose_width": proportions.nose_width,
    "nose_length": proportions.nose_length,
    "eye_opening": proportions.eye_opening,
    "brow_arch": proportions.brow_arch,
    "brow_peak": proportions.brow_peak,
    "brow_slope": proportions.brow_slope,
    "brow_weight": brow_weight,
    "hairline": hairline,
    "skin_hue": skin_hue,
    "skin_lightness": skin_lightness,
}
LINES: dict[str, Numbers] = {
    "lips": proportions.lip_proportions,
    "beard": hair_around_mouth,
    "mustache": hair_around_mouth,
}
CLUSTERS: dict[str, Numbers] = {"hair": hair_colour, "eyes_iris": iris_colour}

_NEED_COLOUR = ("eyes_iris", "hair", "skintone", "paleskin")

# A colour cluster must be this sure, or the colour is not clear.
_CLEAR = 0.5


def describe(sight: Sight, population: Population) -> dict[str, Attribute]:
    """All 21 attributes by name."""
    found = {name: way(sight, population) for name, way in WAYS.items()}
    if not sight.coloured:
        found |= dict.fromkeys(_NEED_COLOUR, unknown("the photo has no colour"))
    return found


def unknown(reason: str) -> Attribute:
    """An attribute that the photo does not tell."""
    return Attribute(value="unknown", confidence=0.0, evidence=Evidence.NONE, reason=reason)


def _stated(value: str, share: float, evidence: Evidence) -> Attribute:
    return Attribute(value=value, confidence=round(min(max(share, 0.0), 1.0), 4), evidence=evidence)


def _likeliest(shares: dict[str, float], evidence: Evidence) -> Attribute:
    value, share = max(shares.items(), key=lambda pair: pair[1])
    return _stated(value, share, evidence)


def _placed(name: str, sight: Sight, population: Population) -> tuple[int, float] | None:
    """Between which cuts a measurement falls, and how likely a repeated one does; None where it is hidden.

    The measurement decides, not the likeliest band: a narrow middle band is never likely, yet it has members.
    """
    measured = SCALES[name](sight)
    if measured is None:
        return None
    scale = population.scales[name]
    upright = scale.upright(measured, sight.pose)
    band = scale.band(upright)
    return band, scale.bands(upright)[band]


def _banded(name: str, values: tuple[str, ...], evidence: Evidence, otherwise: str) -> Way:
    def way(sight: Sight, population: Population) -> Attribute:
        placed = _placed(name, sight, population)
        return unknown(otherwise) if placed is None else _stated(values[placed[0]], placed[1], evidence)

    return way


def _questioned(*questions: tuple[str, int, str], otherwise: str) -> Way:
    """Ask in turn whether a measurement falls into a band: the first that does gives the value.

    The confidence is that of all the answers given, as if they were independent.
    """

    def way(sight: Sight, population: Population) -> Attribute:
        confidence = 1.0
        for name, band, value in questions:
            placed = _placed(name, sight, population)
            assert placed is not None, "proportions of the mesh are never hidden"
            confidence *= placed[1]
            if placed[0] == band:
                return _stated(value, confidence, Evidence.GEOMETRY)
        return _stated(otherwise, confidence, Evidence.GEOMETRY)

    return way


def _lined(name: str, values: tuple[str, str], evidence: Evidence, otherwise: str) -> Way:
    """`values` are the words for false and true."""

    def way(sight: Sight, population: Population) -> Attribute:
        numbers = LINES[name](sight)
        if numbers is None:
            return unknown(otherwise)
        share = population.lines[name].probability(numbers)
        return _likeliest({values[0]: 1 - share, values[1]: share}, evidence)

    return way


def _of_men(name: str) -> Way:
    """A beard is looked for by colour only as far as the face is a man's: the line was drawn on men."""
    on_men = _lined(name, ("no", "yes"), Evidence.COLOUR, "the skin around the mouth is not visible")

    def way(sight: Sight, population: Population) -> Attribute:
        seen = on_men(sight, population)
        if not seen.known:
            return seen
        yes = sight.male * (seen.confidence if seen.value == "yes" else 1 - seen.confidence)
        return _likeliest({"no": 1 - yes, "yes": yes}, Evidence.COLOUR)

    return way


def _clustered(name: str, hidden: str, unclear: str) -> Way:
    def way(sight: Sight, population: Population) -> Attribute:
        numbers = CLUSTERS[name](sight)
        if numbers is None:
            return unknown(hidden)
        found = _likeliest(population.clusters[name].probabilities(numbers), Evidence.COLOUR)
        return found if found.confidence >= _CLEAR else unknown(unclear)

    return way


def _not_measured(reason: str) -> Way:
    return lambda _sight, _population: unknown(reason)


def _gender(sight: Sight, _population: Population) -> Attribute:
    return _likeliest({"female": 1 - sight.male, "male": sight.male}, Evidence.MODEL)


# Wide is big; else long is long; else small: the rules know no usual nose.
_nose = _questioned(("nose_width", 1, "big"), ("nose_length", 1, "long"), otherwise="small")
# Steep from the head on is angry; else little arched is flat; else a peak far out is a roof; else curly.
_brow_shape = _questioned(
    ("brow_slope", 1, "angry"), ("brow_arch", 0, "flat"), ("brow_peak", 1, "roof"), otherwise="curly"
)

_SKIN_HIDDEN = "too little open skin is visible"
_NO_LABELS = "the mesh does not tell it; a network for it is not trained yet"
_G, _C = Evidence.GEOMETRY, Evidence.COLOUR

WAYS: dict[str, Way] = {
    "ratio": _banded("length_to_width", ("wider", "normal", "longer"), _G, _NO_LABELS),
    "jawtype": _banded("jaw_angle", ("angular", "soft"), _G, _NO_LABELS),
    "beard": _of_men("beard"),
    "doublechin": _not_measured(_NO_LABELS),
    "highcheekbones": _not_measured("the only known measure tells a smile from a calm face, not the bones"),
    "chubby": _not_measured(_NO_LABELS),
    "eyebrows_thickness": _banded("brow_weight", ("thin", "normal", "thick"), _C, _NO_LABELS),
    "eyebrows_shape": _brow_shape,
    "nose_size": _nose,
    "eyes_narrow": _banded("eye_opening", ("yes", "no"), _G, _NO_LABELS),
    "eyes_iris": _clustered(
        "eyes_iris", "the irises are too small or covered", "the iris colour is not clear"
    ),
    "forehead": _banded("hairline", ("notbig", "big"), _C, "no hairline is visible"),
    "bangs": _not_measured("colour alone cannot tell a fringe from a low hairline"),
    "lips": _lined("lips", ("normal", "big"), _G, _NO_LABELS),
    "mustache": _of_men("mustache"),
    "bald": _not_measured("colour alone cannot tell a bald head from a hat or the background"),
    "hair": _clustered("hair", "no hair is visible above the forehead", "the hair colour is not clear"),
    "skintone": _banded("skin_hue", ("cool", "neutral", "warm"), _C, _SKIN_HIDDEN),
    "race": _not_measured("not measured; the depth of the skin is used instead"),
    "paleskin": _banded("skin_lightness", ("no", "yes"), _C, _SKIN_HIDDEN),
    "gender": _gender,
}
