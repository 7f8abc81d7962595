"""Several photos of one person become one `Face`.

A lens, a lamp and a turned head make two photos of one person differ about as much as two neighbours in a crowd; several
photos outvote them. Each photo is described alone, then their log probabilities are summed and divided by a power of their
number (a logarithmic opinion pool, Genest and Zidek 1986): strangers' opinions would be summed (power 0), one opinion heard twice
averaged (1), and photos of one person lie between; docs/09-perception.md has what that does to accuracy and calibration. Where
the face lies, and all that try-on needs, comes from the first photo.
"""

import math
from collections.abc import Callable, Sequence

from shared.contracts import ATTRIBUTE_VALUES, Advice, Attribute, Face
from shared.errors import PhotoError

_LEAST = 1e-4
# The power: with it confidence in face shapes is right, whatever the number of photos.
_ALIKE = 0.8


def perceive_together(photos: Sequence[bytes], perceive: Callable[[bytes], Face]) -> Face:
    """Look at each photo of one person.

    A further photo that shows no usable face is left out, and the advice says so by its number.

    Args:
        photos: At least one; the first must be usable.
        perceive: Describes one photo.

    Raises:
        PhotoError: Of the first photo, or of a file that is no photo.
    """
    faces: list[Face] = [perceive(photos[0])]
    unused: list[Advice] = []
    for number, photo in enumerate(photos[1:], 2):
        try:
            face = perceive(photo)
        except PhotoError as error:
            if "advice" not in error.extra:
                raise
            unused += [Advice.model_validate({**one, "photo": number}) for one in error.extra["advice"]]
        else:
            marked = tuple(one.model_copy(update={"photo": number}) for one in face.advice)
            faces.append(face.model_copy(update={"advice": marked}))
    agreed = agree(faces)
    return agreed.model_copy(update={"advice": (*agreed.advice, *unused)})


def agree(faces: Sequence[Face]) -> Face:
    """The first face, with the attributes and the shape that all of them together tell.

    Args:
        faces: At least one, of one person. Their advice is strung together.
    """
    first = faces[0]
    if len(faces) == 1:
        return first
    told = [face.attributes() for face in faces]
    values = {name: agreed_value(name, [one[name] for one in told]) for name in ATTRIBUTE_VALUES}
    advice = tuple(one for face in faces for one in face.advice)
    shapes = pooled([face.faceshape for face in faces if face.faceshape])
    noises = [face.faceshape_noise for face in faces if face.faceshape_noise]
    noise = min(noises) / math.sqrt(len(noises)) if noises else None
    return Face(**{**dict(first), **values, "faceshape": shapes, "faceshape_noise": noise, "advice": advice})


def agreed_value(name: str, found: Sequence[Attribute]) -> Attribute:
    """One attribute out of what several photos tell; those that do not tell it are not asked.

    What all of them tell; else the likeliest by their probabilities. Where a photo tells none, what its value leaves is
    shared evenly among the others.
    """
    known = [one for one in found if one.known]
    if not known:
        return found[0]
    values = ATTRIBUTE_VALUES[name] or tuple({one.value for one in known})
    shares = pooled([_spread(one, values) for one in known])
    told = {one.value for one in known}
    value = told.pop() if len(told) == 1 else max(shares, key=lambda one: shares[one])
    evidence = next((one.evidence for one in known if one.value == value), known[0].evidence)
    rounded = {one: round(share, 4) for one, share in shares.items()}
    return Attribute(value=value, confidence=rounded[value], evidence=evidence, probabilities=rounded)


def _spread(one: Attribute, values: Sequence[str]) -> dict[str, float]:
    if one.probabilities:
        return {value: one.probabilities.get(value, 0.0) for value in values}
    own = max(one.confidence, 1 / len(values))
    other = (1 - own) / max(len(values) - 1, 1)
    return {value: own if value == one.value else other for value in values}


def pooled(opinions: Sequence[dict[str, float]]) -> dict[str, float]:
    """Several distributions over the same values as one; empty for none."""
    if not opinions:
        return {}
    strength = len(opinions) ** -_ALIKE
    logits = {
        value: strength * sum(math.log(max(one[value], _LEAST)) for one in opinions) for value in opinions[0]
    }
    most = max(logits.values())
    raised = {value: math.exp(logit - most) for value, logit in logits.items()}
    whole = sum(raised.values())
    return {value: share / whole for value, share in raised.items()}
