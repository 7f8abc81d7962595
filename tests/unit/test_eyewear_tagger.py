"""The tagger reads back what the renderer drew: words, numbers, sizes; and says so when there is nothing to read."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES
from shared.errors import FrameInvalidError, ModelDamagedError
from shared.eyewear.describe import describe
from shared.eyewear.locate import SIZE, locate
from shared.eyewear.render import render_rgba
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import Colour, FrameSpec, Material, Nose, Rim, Shape
from shared.eyewear.tagger import GROUPS, Tagger
from shared.settings import settings

ROUND = FrameSpec(
    shape=Shape.ROUND, rim=Rim.FULL, material=Material.METAL, color=Colour.GOLD, second=Colour.GOLD, nose=Nose.PADS,
    lens_width=47.0, lens_height=45.0, bridge_width=21.0, rim_top=1.4, rim_bottom=1.3, rim_side=1.3, end_piece=6.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    """The one that is installed."""
    return Tagger()


@lru_cache(maxsize=1)
def drawn() -> list[tuple[FrameSpec, NDArray[np.uint8]]]:
    """Forty frames as shops sell them, none of which was learnt from."""
    rng = np.random.default_rng(99)
    specs = [random_spec(rng, even=0.3) for _ in range(40)]
    return [(spec, render_rgba(spec, 480)) for spec in specs]


def on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A drawing on a white page."""
    share = pixels[..., 3:].astype(np.float32) / 255
    return np.asarray(pixels[..., :3] * share + 255 * (1 - share), np.uint8)


@pytest.mark.parametrize(
    ("group", "least"), [("shape", 0.7), ("rim", 0.9), ("material", 0.85), ("color", 0.6), ("nose", 0.8)]
)
def test_it_reads_what_was_drawn(tagger: Tagger, group: str, least: float) -> None:
    """Given drawn frames / If read / Then most words are those that were drawn."""
    right = [tagger.read_canvas(view).best(group) == getattr(spec, group) for spec, view in drawn()]
    assert np.mean(right) >= least


def test_numbers_go_with_what_was_drawn(tagger: Tagger) -> None:
    """Given drawn frames / If read / Then thick rims read thicker than thin ones, within their material."""
    thick = [dict(zip(SHAPE_FEATURES, describe(spec)[0], strict=True))["thick"] for spec, _ in drawn()]
    read = [tagger.read_canvas(view).thick for _, view in drawn()]
    full = [place for place, (spec, _) in enumerate(drawn()) if spec.rim is Rim.FULL]
    assert np.corrcoef(np.array(thick)[full], np.array(read)[full])[0, 1] > 0.6


def test_sizes_are_measured_where_the_scale_is_known(tagger: Tagger) -> None:
    """Given a small, a usual and a large front / If read at the renderer's scale / Then each has its class."""
    for lens, word in ((40.0, "small"), (52.0, "medium"), (59.0, "large")):
        spec = FrameSpec(lens_width=lens)
        tags = tagger.read_canvas(render_rgba(spec, 480))
        assert tags.best("width") == word, spec.total_width
        assert tags.sure("width") > 0.6


def test_an_unknown_scale_is_the_usual_one_with_doubt(tagger: Tagger) -> None:
    """Given a photo without a scale / If read / Then the front is as wide as fronts are, and not sure of it."""
    photo = on_white(render_rgba(ROUND, 480))
    assert tagger.read(photo).best("width") == "medium"
    assert tagger.read(photo).sure("width") < tagger.read(photo, width_mm=138.0).sure("width")
    assert tagger.read(photo, width_mm=120.0).best("width") == "small"


def test_shares_sum_to_one(tagger: Tagger) -> None:
    """Given any frame / If read / Then the values of each group share it among them."""
    tags = tagger.read(on_white(render_rgba(ROUND, 480)))
    assert set(tags.shares) == {*GROUPS, "width", "height"}
    for shares in tags.shares.values():
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert min(shares.values()) >= 0


def test_its_numbers_are_those_of_searches(tagger: Tagger) -> None:
    """Given a plain frame / If read / Then its 46 numbers differ from those of its specification by few words."""
    shape, color = tagger.read_canvas(render_rgba(ROUND, 480)).vectors(male=True)
    wanted = describe(ROUND)
    assert (len(shape), len(color)) == (31, 15)
    assert shape[30] == 1.0
    numbers = dict(zip(SHAPE_FEATURES, shape, strict=True))
    assert [numbers[name] for name in ("round", "full_rim", "metal", "nose_pads")] == [1, 1, 1, 1]
    assert color[COLOR_FEATURES.index("gold")] >= 1
    assert sum(abs(a - b) > 0.5 for a, b in zip(shape[:30], wanted[0][:30], strict=True)) <= 4


def test_the_ground_does_not_matter(tagger: Tagger) -> None:
    """Given one frame transparent, on white, and small in the corner of a grey page / If read / Then it is the same."""
    view = render_rgba(ROUND, 480)
    page = np.full((700, 900, 3), 228, np.uint8)
    share = view[..., 3:].astype(np.float32) / 255
    page[400:640, 30:510] = view[..., :3] * share + page[400:640, 30:510] * (1 - share)
    read = [tagger.read(photo) for photo in (view, on_white(view), page)]
    for group in ("shape", "rim", "material"):
        assert len({tags.best(group) for tags in read}) == 1
    left, top, right, bottom = read[2].box
    across = ROUND.total_width * 3  # pixels: 160 mm are 480
    assert right - left == pytest.approx(across, abs=12)
    assert 30 <= left < right <= 510
    assert 400 <= top < bottom <= 640


def test_what_is_found_fills_one_size() -> None:
    """Given frames of any proportion / If located / Then they stand in the middle of one small picture on white."""
    for spec, view in drawn()[:8]:
        found = locate(view)
        assert found.pixels.shape == (SIZE[1], SIZE[0], 3)
        assert (found.pixels[0] > 245).all()
        assert found.aspect == pytest.approx((found.box[3] - found.box[1]) / (found.box[2] - found.box[0])), (
            spec
        )


@pytest.mark.parametrize(
    "photo",
    [
        np.full((200, 400, 3), 255, np.uint8),
        np.full((200, 400, 3), 20, np.uint8),
        np.zeros((200, 400, 4), np.uint8),
        np.full((1, 1, 3), 255, np.uint8),
        np.full((3, 500, 3), 255, np.uint8),
        np.full((3, 5000, 3), 255, np.uint8),
    ],
    ids=["white", "dark", "transparent", "one pixel", "a line", "a long line"],
)
def test_a_picture_of_nothing_is_said(tagger: Tagger, photo: NDArray[np.uint8]) -> None:
    """Given an empty picture of any kind / If read / Then there is no frame."""
    with pytest.raises(FrameInvalidError, match="no frame"):
        tagger.read(photo)


def test_it_answers_several_at_once(tagger: Tagger) -> None:
    """Given one tagger and several threads / If they read at once / Then each gets the answer to its own picture."""
    views = [view for _, view in drawn()[:8]]
    alone = [tagger.read_canvas(view).best("shape") for view in views]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda view: tagger.read_canvas(view).best("shape"), views * 4))
    assert together == alone * 4


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one wrong byte in the weights / If a tagger is made / Then it is refused."""
    models = settings().models_dir
    for name in ("manifest.json", "packaged.lock.json"):
        copy(models / name, tmp_path / name)
    data = bytearray((models / "frame-tagger.tflite").read_bytes())
    data[1000] ^= 1
    (tmp_path / "frame-tagger.tflite").write_bytes(data)
    monkeypatch.setenv("EXPERTGLASSES_MODELS_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        with pytest.raises(ModelDamagedError):
            Tagger()
    finally:
        settings.cache_clear()
