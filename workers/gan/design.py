"""Draws a frame that is in no catalogue from a wish.

The generator's weights are not part of this version. What is here is the stage's contract: it says honestly
that nothing is installed, and the job succeeds with everything else.
"""

from shared.contracts import Design, DesignStatus, Generate, Wish
from shared.errors import ExpertGlassesError, ModelNotInstalledError

GENERATOR = "frame-generator"


def design(wish: Wish, generate: Generate) -> Design:  # noqa: ARG001  a generator will need the wish
    """Draw what was asked for.

    Args:
        wish: The 46 numbers that describe the frame.
        generate: How many drawings, and their seed.

    Raises:
        ModelNotInstalledError: The generator's weights are not in the models folder.
    """
    if generate.count == 0:
        return Design(status=DesignStatus.NOT_ASKED)
    raise ModelNotInstalledError(f"There are no weights named {GENERATOR} in the models folder.")


def without_design(error: ExpertGlassesError) -> Design:
    """What the job says where there is no drawing: everything else of it stands."""
    missing = isinstance(error, ModelNotInstalledError)
    status = DesignStatus.NOT_INSTALLED if missing else DesignStatus.FAILED
    return Design(status=status, reason=error.detail or error.title())
