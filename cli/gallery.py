"""`expertglasses gallery`: sheets to look at, of frames, and of frames on faces."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shared.eyewear.tryon import Photo


@click.command()
@click.argument("photos", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("out/gallery.png"),
    show_default=True,
    help="PNG, JPEG or WebP, by its ending.",
)
@click.option(
    "--frames", type=click.IntRange(1, 40), default=6, show_default=True, help="Frames on each face."
)
@click.option(
    "--width", type=click.IntRange(60, 1200), default=300, show_default=True, help="Pixels of one picture."
)
@click.option("--seed", type=int, default=12, show_default=True, help="Which frames are tried on.")
def gallery(photos: tuple[Path, ...], out: Path, frames: int, width: int, seed: int) -> None:
    """Draw a sheet of frames: every shape in every rim and finish.

    With PHOTOS, draw a sheet of try-ons instead: one row a face, one column a frame.
    """
    from PIL import Image

    from shared.eyewear.gallery import sheet

    pixels = _tried_on(photos, frames, width, seed) if photos else sheet(width)
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(out)
    print(f"{out}: {pixels.shape[1]} × {pixels.shape[0]} pixels")


def _tried_on(photos: tuple[Path, ...], frames: int, width: int, seed: int) -> "Photo":
    import numpy as np

    from shared.eyewear.gallery import tried_on
    from shared.eyewear.sampling import random_spec
    from shared.settings import settings
    from workers.perception import Perceiver
    from workers.perception.photo import decode

    rng = np.random.default_rng(seed)
    specs = [random_spec(rng, even=0.5) for _ in range(frames)]
    perceiver, config, rows = Perceiver(), settings(), []
    with click.progressbar(photos, label="faces") as bar:
        for path in bar:
            data = path.read_bytes()
            photo = decode(data, max_pixels=config.max_photo_pixels, min_side=config.min_photo_side)
            rows.append(tried_on(photo.rgb, perceiver.perceive(data), specs, width))
    return np.vstack(rows)
