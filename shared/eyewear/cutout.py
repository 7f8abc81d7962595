"""A frame cut out of a product photo on a plain ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.errors import FrameInvalidError
from shared.eyewear.render import Rgba

# Differences from the ground, of 255: below the first is ground, above the second is frame.
_GROUND, _FRAME = 10.0, 46.0
_CLEAR_LENS = 20  # alpha left in the lenses, so that they are seen on a face
_EVEN_GROUND = 22.0  # standard deviation along the border above which the ground is not plain
_RGBA = 4


def cut_out(photo: NDArray[np.uint8]) -> Rgba:
    """Make the ground of a product photo transparent, inside the rims nearly so.

    Args:
        photo: RGB (h, w, 3), or RGBA, which is returned as it is where it has a transparent part.

    Raises:
        FrameInvalidError: The ground is not plain, or nothing stands on it.
    """
    if photo.shape[2] == _RGBA and photo[..., 3].min() < 128:  # noqa: PLR2004  half transparent
        return photo
    rgb = np.ascontiguousarray(photo[..., :3])
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(np.float32)
    ground = np.median(border, axis=0)
    if float(np.abs(border - ground).mean()) > _EVEN_GROUND:
        raise FrameInvalidError("The picture's ground is not plain.", field="image")
    far = np.abs(rgb.astype(np.float32) - ground).max(axis=2)
    share = np.clip((far - _GROUND) / (_FRAME - _GROUND), 0, 1)
    if float((share > 0.5).mean()) < 0.002:  # noqa: PLR2004  a fifth of a per cent: less than any rim
        raise FrameInvalidError("The picture shows no frame.", field="image")
    colour = (rgb - (1 - share[..., None]) * ground) / np.maximum(share[..., None], 0.05)
    alpha = np.where(_inside(share), np.maximum(255 * share, _CLEAR_LENS), 255 * share)
    return np.dstack([colour.clip(0, 255), alpha]).astype(np.uint8)


def _inside(share: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Ground that the border cannot reach: what the rims enclose."""
    open_ground = cv2.copyMakeBorder((share < 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)  # noqa: PLR2004
    _, reached, *_ = cv2.floodFill(open_ground, None, (0, 0), (2,))
    enclosed: NDArray[np.bool_] = np.asarray(reached)[1:-1, 1:-1] == 1
    return enclosed
