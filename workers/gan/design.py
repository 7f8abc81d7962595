"""Draws a frame that is in no catalogue from a wish."""

import secrets
from functools import lru_cache
from typing import NamedTuple

from shared.contracts import Design, DesignStatus, Generate, Wish
from shared.errors import ExpertGlassesError, ModelNotInstalledError
from workers.gan import picture
from workers.gan.condition import condition
from workers.gan.designer import MM_PER_PIXEL, Designer

_SEEDS = 2**31


class Designed(NamedTuple):
    """What came of a wish.

    Attributes:
        design: Without pictures, for the record.
        files: The pictures as PNG, by the names in the design.
    """

    design: Design
    files: dict[str, bytes]


@lru_cache(maxsize=1)
def designer() -> Designer:
    """The networks of this process, loaded at the first call; do so after the fork.

    Raises:
        ModelNotInstalledError: Weights are missing.
        ModelDamagedError: Weights are not those in the list, or of another version.
    """
    return Designer()


def design(wish: Wish, generate: Generate) -> Designed:
    """Draw what was asked for.

    Args:
        wish: The 46 numbers that describe the frame.
        generate: How many drawings, and their seed: the same seed draws the same frames of the same wish, whatever
            their number.

    Raises:
        InvalidRequestError: The wish asks for nothing.
        ModelNotInstalledError: The networks' weights are not in the models folder.
        ModelDamagedError: They are not those in the list, or of another version.
    """
    if generate.count == 0:
        return Designed(Design(status=DesignStatus.NOT_ASKED), {})
    asked = condition(wish.shape, wish.color)
    seed = secrets.randbelow(_SEEDS) if generate.seed is None else generate.seed
    artist = designer()
    drawings = [artist.draw(asked, seed, number) for number in range(generate.count)]
    files = {f"design-{number}.png": picture.encode(one.pixels) for number, one in enumerate(drawings)}
    made = Design(
        status=DesignStatus.DRAWN,
        seed=seed,
        images=tuple(files),
        readings=tuple(one.readings for one in drawings),
        width_mm=tuple(one.width_mm for one in drawings),
        mm_per_pixel=MM_PER_PIXEL,
        model=artist.model,
    )
    return Designed(made, files)


def without_design(error: ExpertGlassesError) -> Design:
    """What the job says where there is no drawing: everything else of it stands."""
    missing = isinstance(error, ModelNotInstalledError)
    status = DesignStatus.NOT_INSTALLED if missing else DesignStatus.FAILED
    return Design(status=status, reason=error.detail or error.title())
