"""Capture advice: what about the photo stands in the way, and from where on no result is honest.

Every threshold is a pair: advice beyond the first, refusal beyond the second. The advice rates on photos that
people were content with are in docs/09-perception.md.
"""

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import Advice, AdviceCode, Pose
from shared.errors import (
    FaceBlurredError,
    FaceCoveredError,
    FaceTooBrightError,
    FaceTooDarkError,
    FaceTooSmallError,
    FaceTurnedError,
    NoFaceError,
    PhotoError,
)
from workers.perception.heads import Opinions
from workers.perception.quality import Quality
from workers.perception.sight import Sight


class Limit(NamedTuple):
    """Where advice starts and where refusal does."""

    advice: float
    refusal: float


# From cheek to cheek in pixels: below 80 the mesh network sees an enlarged face, below 48 the eyes are blots.
WIDTH = Limit(80, 48)
DEGREES = Limit(20, 50)
SHARPNESS = Limit(0.08, 0.035)
HIGHLIGHTS = Limit(30, 12)
BURNT = Limit(0.1, 0.5)


class Cover(StrEnum):
    """What lies on the face; the value is `Advice.by`, and names the head that sees it but for the hand."""

    HAT = "hat"
    GLASSES = "glasses"
    SUNGLASSES = "sunglasses"
    MASK = "mask"


# How likely a cover must be to be told, and from where on too little of the face is left; 2 is never.
COVERED: dict[Cover, Limit] = {
    Cover.HAT: Limit(0.8, 2.0),
    Cover.GLASSES: Limit(0.6, 2.0),
    Cover.SUNGLASSES: Limit(0.7, 2.0),
    Cover.MASK: Limit(0.7, 0.9),
}

_REFUSALS: dict[AdviceCode, type[PhotoError]] = {
    AdviceCode.NO_FACE: NoFaceError,
    AdviceCode.TOO_SMALL: FaceTooSmallError,
    AdviceCode.TURNED: FaceTurnedError,
    AdviceCode.BLURRED: FaceBlurredError,
    AdviceCode.TOO_DARK: FaceTooDarkError,
    AdviceCode.TOO_BRIGHT: FaceTooBrightError,
    AdviceCode.COVERED: FaceCoveredError,
}


def advise_capture(sight: Sight, quality: Quality, faces: int, opinions: Opinions) -> tuple[Advice, ...]:
    """All advice on a photo.

    Args:
        sight: The largest face.
        quality: Of that face.
        faces: How many faces the photo shows.
        opinions: What the heads say about that face.

    Raises:
        PhotoError: The class for the first advice that makes the photo unusable; `extra["advice"]` holds all
            advice as JSON.
    """
    advice = tuple(_all_advice(sight, quality, faces))
    if all(one.usable for one in advice):  # on a smear heads see what is not there
        advice += tuple(_covered(opinions))
    for one in advice:
        if not one.usable:
            raise _refusal(one, advice)
    return advice


def no_face() -> PhotoError:
    """The error for a photo without a face."""
    missing = Advice(code=AdviceCode.NO_FACE, usable=False)
    return _refusal(missing, (missing,))


def _all_advice(sight: Sight, quality: Quality, faces: int) -> Iterator[Advice]:
    """In the order in which a person would say it."""
    if faces > 1:
        yield Advice(code=AdviceCode.SEVERAL_FACES, faces=faces)
    if sight.width < WIDTH.advice:
        yield Advice(code=AdviceCode.TOO_SMALL, usable=sight.width >= WIDTH.refusal)
    yield from _turned(sight.pose)
    if quality.highlights < HIGHLIGHTS.advice:
        yield Advice(code=AdviceCode.TOO_DARK, usable=quality.highlights >= HIGHLIGHTS.refusal)
    if quality.burnt > BURNT.advice:
        yield Advice(code=AdviceCode.TOO_BRIGHT, usable=quality.burnt <= BURNT.refusal)
    if quality.sharpness < SHARPNESS.advice:
        yield Advice(code=AdviceCode.BLURRED, usable=quality.sharpness >= SHARPNESS.refusal)


def covers(opinions: Opinions) -> tuple[Cover, ...]:
    """What lies on the face. Dark lenses are glasses, too, and told once."""
    found = tuple(one for one, limit in COVERED.items() if opinions.share(one.value) > limit.advice)
    return tuple(one for one in found if one is not Cover.GLASSES or Cover.SUNGLASSES not in found)


def _covered(opinions: Opinions) -> Iterator[Advice]:
    for one in covers(opinions):
        usable = opinions.share(one.value) <= COVERED[one].refusal
        yield Advice(code=AdviceCode.COVERED, usable=usable, by=one.value)


def _turned(pose: Pose) -> Iterator[Advice]:
    """Roll is corrected and needs no advice. The direction is the larger of the two turns."""
    sideways, upwards = abs(pose.yaw), abs(pose.pitch)
    degrees = max(sideways, upwards)
    if degrees <= DEGREES.advice:
        return
    if sideways >= upwards:
        direction = "right" if pose.yaw > 0 else "left"
    else:
        direction = "up" if pose.pitch > 0 else "down"
    yield Advice(
        code=AdviceCode.TURNED,
        usable=degrees <= DEGREES.refusal,
        direction=direction,
        degrees=math.floor(degrees),
    )


def _refusal(cause: Advice, advice: tuple[Advice, ...]) -> PhotoError:
    shown = [one.model_dump(mode="json", exclude_none=True) for one in advice]
    return _REFUSALS[cause.code](_sentence(cause), advice=shown)


def _sentence(cause: Advice) -> str:
    if cause.code is AdviceCode.TURNED:
        return f"The face is turned {cause.direction} by about {cause.degrees:.0f}°; look into the camera."
    return _REFUSALS[cause.code].title() + "; " + _REMEDIES[cause.code]


_REMEDIES = {
    AdviceCode.NO_FACE: "look straight into the camera with your whole face in the picture.",
    AdviceCode.TOO_SMALL: "come closer or send a larger picture.",
    AdviceCode.BLURRED: "hold the camera still and let it focus on the face.",
    AdviceCode.TOO_DARK: "turn towards a window or a lamp.",
    AdviceCode.TOO_BRIGHT: "step out of the direct light.",
    AdviceCode.COVERED: "take off what hides it, and take your hand away.",
}
