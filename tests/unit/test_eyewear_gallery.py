"""The sheet of frames."""

from pathlib import Path

import cv2
import numpy as np

from shared.eyewear.gallery import COLUMNS, specimens, write
from shared.eyewear.spec import Finish, Material, Rim, Shape


def test_gallery_shows_every_shape_rim_material_and_finish(tmp_path: Path) -> None:
    """Given the gallery, each shape, rim, material and finish is on it, and each tile holds a frame."""
    shown = list(specimens())
    assert {s.shape for s in shown} == set(Shape)
    assert {s.rim for s in shown} == set(Rim)
    assert {s.material for s in shown} == set(Material)
    assert {s.finish for s in shown} == set(Finish)
    page = cv2.imread(str(write(tmp_path / "sub" / "gallery.png", 120)))
    assert page.shape == (60 * len(Shape), 120 * len(COLUMNS), 3)
    tiles = page.reshape(len(Shape), 60, len(COLUMNS), 120, 3).min(axis=4)
    assert np.all((tiles < 200).sum(axis=(1, 3)) > 60)
