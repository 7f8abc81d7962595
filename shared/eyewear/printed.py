"""Sizes as a shop prints them, given to a frame that is known by its words alone."""

from collections.abc import Mapping

from shared.errors import FrameInvalidError
from shared.eyewear.geometry import geometry
from shared.eyewear.spec import FrameSpec

_SIZES = ("lens_width", "lens_height", "bridge_width", "temple_length")


def with_sizes(spec: FrameSpec, told: Mapping[str, object]) -> FrameSpec:
    """The frame in the sizes its shop tells, as far as these make one.

    Args:
        spec: The frame otherwise.
        told: `lens_width`, `lens_height`, `bridge_width` and `temple_length` in mm, any of them; the rest is passed
            over. Where only the width of a lens is told, its height keeps the proportions.
    """
    sizes = {name: value for name in _SIZES if isinstance(value := told.get(name), int | float)}
    if not sizes:
        return spec
    if "lens_width" in sizes:
        sizes.setdefault("lens_height", round(spec.lens_height * sizes["lens_width"] / spec.lens_width, 1))
    try:
        sized_spec = FrameSpec.model_validate({**spec.model_dump(), **sizes})
        geometry(sized_spec)
    except FrameInvalidError:
        return spec
    return sized_spec
