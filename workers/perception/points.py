"""Which of the 468 mesh points is which. Left and right are as the viewer sees them."""

from typing import NamedTuple


class Pair(NamedTuple):
    """A point of the left half of the face and its mirror image."""

    left: int
    right: int


Ring = tuple[int, ...]

# The middle line, from the hairline down.
FOREHEAD_TOP, NASION = 10, 168
NOSE_TIP, NOSE_BASE = 4, 2
MOUTH_TOP, MOUTH_BOTTOM = 13, 14
CHIN = 152

EYE_OUTER, EYE_INNER = Pair(33, 263), Pair(133, 362)
TEMPLE = Pair(127, 356)
CHEEK = Pair(234, 454)  # before the ears, where the face is widest
JAW = Pair(172, 397)  # the angle of the jaw
FOREHEAD_SIDE = Pair(54, 284)
NOSTRIL = Pair(129, 358)
MOUTH_CORNER = Pair(61, 291)

# Upper and lower edge of each brow, from the tail to the head.
BROW_UPPER = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
BROW_LOWER = ((46, 53, 52, 65, 55), (276, 283, 282, 295, 285))
BROW_TAIL, BROW_HEAD = Pair(70, 300), Pair(107, 336)

# Where skin lies open on nearly every face: cheeks and the bridge of the nose.
CHEEKS: tuple[Ring, ...] = ((50, 101, 118, 117, 123, 187, 205, 36), (280, 330, 347, 346, 352, 411, 425, 266))
BRIDGE: Ring = (168, 122, 196, 3, 51, 5, 281, 248, 419, 351)
# The outline of the face from the top of the forehead, clockwise as the viewer sees it.
OUTLINE: Ring = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
