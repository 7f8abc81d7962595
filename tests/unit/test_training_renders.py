"""Views for training."""

from pathlib import Path

import numpy as np

from shared.eyewear.describe import describe
from training.renders import draw, premultiplied, straight, views


def test_views_carry_the_numbers_of_what_they_show(tmp_path: Path) -> None:
    """Each row's picture and 46 numbers are those of its specification, and a second call reads the same."""
    first = views(6, 3, 80, folder=tmp_path)
    again = views(6, 3, 80, folder=tmp_path)

    assert first.images.shape == (6, 40, 80, 4)
    assert first.shape.shape == (6, 31)
    assert first.color.shape == (6, 15)
    for row, spec in enumerate(first.specs):
        shape, color = describe(spec)
        assert np.allclose(first.shape[row], shape)
        assert np.allclose(first.color[row], color)
        assert np.array_equal(first.images[row], draw(spec, 80))
    assert again.specs == first.specs
    assert np.array_equal(again.images, first.images)


def test_an_unfinished_folder_is_drawn_again(tmp_path: Path) -> None:
    """Given a run that was killed before its end, the next one does not take the empty pictures for views."""
    whole = views(2, 5, 80, folder=tmp_path)
    expected = np.array(whole.images)
    (kept,) = tmp_path.iterdir()
    (kept / "specs.jsonl.gz").unlink()
    np.save(kept / "images.npy", np.zeros_like(expected))

    assert np.array_equal(views(2, 5, 80, folder=tmp_path).images, expected)


def test_alpha_survives_the_way_there_and_back() -> None:
    """Straight alpha, weighed and unweighed, is the same to a level where a colour is visible at all."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 5, 4), np.uint8)
    pixels[..., 3] = np.maximum(pixels[..., 3], 8)

    assert np.abs(straight(premultiplied(pixels)).astype(int) - pixels).max() <= 1
