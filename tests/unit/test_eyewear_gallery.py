"""The sheets of frames and of frames on faces."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from PIL import Image
from skimage import data

from cli.gallery import gallery
from shared.eyewear.gallery import COLUMNS, sheet, specimens
from shared.eyewear.spec import Finish, Material, Rim, Shape


def test_gallery_shows_every_shape_rim_material_and_finish() -> None:
    """Given the gallery, each shape, rim, material and finish is on it, and each tile holds a frame."""
    shown = list(specimens())
    assert {s.shape for s in shown} == set(Shape)
    assert {s.rim for s in shown} == set(Rim)
    assert {s.material for s in shown} == set(Material)
    assert {s.finish for s in shown} == set(Finish)
    page = sheet(120)
    assert page.shape == (60 * len(Shape), 120 * len(COLUMNS), 3)
    tiles = page.reshape(len(Shape), 60, len(COLUMNS), 120, 3).min(axis=4)
    assert np.all((tiles < 200).sum(axis=(1, 3)) > 60)


def test_photos_become_a_sheet_of_try_ons(tmp_path: Path) -> None:
    """Given a photo, the command draws its head once bare and once with each frame, each of them different."""
    photo = tmp_path / "face.png"
    Image.fromarray(data.astronaut()).save(photo)
    out = tmp_path / "new" / "sheet.webp"
    done = CliRunner().invoke(gallery, [str(photo), "--out", str(out), "--frames", "3", "--width", "160"])
    assert done.exit_code == 0, done.output
    page = np.asarray(Image.open(out).convert("RGB"), dtype=np.int16)
    assert page.shape == (160, 640, 3)
    heads = np.split(page, 4, axis=1)
    for i, one in enumerate(heads):
        for other in heads[i + 1 :]:
            assert (np.abs(one - other).max(axis=2) > 40).sum() > 50
