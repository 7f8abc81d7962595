"""Capture advice: what about the photo stands in the way, and whether a result is still given."""

from enum import StrEnum

from shared.contracts.base import Contract


class AdviceCode(StrEnum):
    """Stable codes; their sentences live in `shared/locales/`."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    TURNED = "turned"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    COVERED = "covered"


class Advice(Contract):
    """One piece of advice.

    Attributes:
        code: What was seen.
        usable: True when a result is still given, False when the photo cannot be used.
        direction: For `turned`: where the face looks, as the viewer sees it.
        degrees: For `turned`: how far, 0 to 90.
        faces: For `several_faces`: how many were found; the largest was taken.
        by: For `covered`: `hat`, `glasses`, `sunglasses` or `mask` (a hand, too).
        photo: Where several were sent: the number of the photo it is about, from 2 on; none for the first.
    """

    code: AdviceCode
    usable: bool = True
    direction: str | None = None
    degrees: float | None = None
    faces: int | None = None
    by: str | None = None
    photo: int | None = None
