"""Everything that was seen of one face: what measurements, and later the heads of a network, look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shared.contracts import Pose
from workers.perception import points
from workers.perception.crop import SIZE, Crop, head_crop, head_window
from workers.perception.eyes import EYE_PATCH, Eye
from workers.perception.iris import iris_colour
from workers.perception.mesh import Mesh
from workers.perception.photo import Pixels
from workers.perception.pose import frontal, measure_pose
from workers.perception.window import Points

Colour = NDArray[np.float64]
# Fewer pixels give no colour one can trust.
MIN_PIXELS = 20
_MIN_CHROMA = 4.0


@dataclass(frozen=True)
class Sight:
    """One face in one photo.

    Attributes:
        rgb: The decoded photo.
        mesh: Its mesh.
        eyes: The left and the right eye as the viewer sees them.
        male: Probability of male, 0 to 1.
    """

    rgb: Pixels
    mesh: Mesh
    eyes: tuple[Eye, Eye]
    male: float

    @cached_property
    def pose(self) -> Pose:
        """How the head is held."""
        return measure_pose(self.mesh)

    @cached_property
    def frontal(self) -> Points:
        """The mesh as if the head looked straight ahead, scaled so that the face is 1 wide: 468 × 3."""
        turned = frontal(self.mesh)
        left, right = turned[points.CHEEK.left], turned[points.CHEEK.right]
        return np.asarray(turned / max(float(np.linalg.norm(right[:2] - left[:2])), 1e-9))

    @cached_property
    def width(self) -> float:
        """From cheek to cheek in pixels of the decoded photo, whichever way the head is turned."""
        left, right = self.mesh.points[points.CHEEK.left], self.mesh.points[points.CHEEK.right]
        return float(np.linalg.norm(right - left))

    @cached_property
    def head(self) -> Crop:
        """The head cut out upright."""
        return head_crop(self.rgb, self.mesh)

    @cached_property
    def lids(self) -> tuple[Points, Points]:
        """The outline of each eye, 16 × 2, in pixels of the cut of the head."""
        left, right = (head_window(self.mesh).from_photo(eye.outline, SIZE) for eye in self.eyes)
        return left, right

    @cached_property
    def eye_patches(self) -> tuple[Pixels, Pixels]:
        """Each eye cut out upright around its iris, `EYE_PATCH` pixels a side."""
        left, right = (eye.window(self.mesh.angle).cut(self.rgb, EYE_PATCH) for eye in self.eyes)
        return left, right

    @cached_property
    def iris(self) -> Colour | None:
        """CIELAB of the irises, balanced by the white of the eye."""
        return iris_colour(self.rgb, self.eyes)

    @cached_property
    def skin(self) -> Colour | None:
        """CIELAB of open skin, the median of cheeks and nose bridge."""
        return self.colour(*points.CHEEKS, points.BRIDGE)

    @property
    def coloured(self) -> bool:
        """Whether the skin has a hue; that of a grey photo is noise."""
        return self.skin is None or float(np.hypot(*self.skin[1:])) >= _MIN_CHROMA

    def colour(self, *rings: points.Ring) -> Colour | None:
        """The median CIELAB within rings of mesh points; None where the photo shows too little of them."""
        pixels = self.head.lab[self.head.polygon(*rings)]
        return None if len(pixels) < MIN_PIXELS else np.median(pixels, axis=0).astype(np.float64)
