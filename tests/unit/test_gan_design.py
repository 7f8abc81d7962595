"""The generator's pipeline with the shipped weights."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shared import models
from shared.contracts import Design, DesignStatus, Generate, Wish
from shared.errors import InvalidRequestError, ModelDamagedError, ModelNotInstalledError, NotInstalledError
from shared.settings import ROOT, settings
from training.gan.samples import WISHES, wish_condition
from workers.gan import networks
from workers.gan.design import design, designer, without_design
from workers.gan.designer import Designer
from workers.gan.filter import design_line

Break = Callable[[Path], None]
FILES = ("frame-generator.tflite", "frame-enlarger.tflite", "frame-tagger.tflite")


def _wish(words: tuple[str, ...] = WISHES[5]) -> Wish:
    numbers = wish_condition(words).tolist()
    return Wish(shape=numbers[:31], color=numbers[31:])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of models of this test's own, to be spoilt."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("manifest.json", "packaged.lock.json", *FILES):
        shutil.copy(ROOT / "models" / name, folder)
    monkeypatch.setenv("EXPERTGLASSES_MODELS_DIR", str(folder))
    caches = (settings, designer, models._read_lists)
    for cache in caches:
        cache.cache_clear()
    yield folder
    for cache in caches:
        cache.cache_clear()


def _list(folder: Path, name: str, **facts: Any) -> None:
    """Change what the list says of one model."""
    manifest = folder / "manifest.json"
    known = json.loads(manifest.read_text())["models"]
    changed = [{**one, **(facts if one["name"] == name else {})} for one in known]
    manifest.write_text(json.dumps({"models": changed}))


def _replace(folder: Path, name: str, data: bytes) -> None:
    """Put other bytes in place of a model and list them as right."""
    (folder / f"{name}.tflite").write_bytes(data)
    _list(folder, name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def test_a_wish_becomes_a_frame_that_reads_as_asked() -> None:
    """The drawing is on transparent ground, symmetric, of a plausible width, and its tags are those of the wish."""
    made, files = design(_wish(), Generate(seed=7))
    pixels = cv2.imdecode(np.frombuffer(files["design-0.png"], np.uint8), cv2.IMREAD_UNCHANGED)
    (readings,) = made.readings
    seen = {one.group: one.seen for one in readings}

    assert made.status is DesignStatus.DRAWN
    assert pixels.shape == (256, 640, 4)
    assert np.array_equal(pixels, pixels[:, ::-1])
    assert not pixels[:4, :, 3].any()
    assert not pixels[:, :4, 3].any()
    assert 110 < made.width_mm[0] < 158
    assert (seen["shape"], seen["rim"], seen["material"], seen["color"]) == (
        "cat_eye",
        "full_rim",
        "plastic",
        "red",
    )
    assert all(0 < one.confidence <= 1 for one in readings)


def test_a_seed_repeats_its_drawings_to_the_byte() -> None:
    """Same seed, same bytes, also when more are asked for and by another designer; another seed draws anew."""
    one = design(_wish(), Generate(seed=11))
    designer.cache_clear()
    two = design(_wish(), Generate(seed=11, count=2))
    other = design(_wish(), Generate(seed=12))

    assert two.files["design-0.png"] == one.files["design-0.png"]
    assert two.files["design-1.png"] != one.files["design-0.png"]
    assert other.files["design-0.png"] != one.files["design-0.png"]


def test_without_a_seed_one_is_chosen_and_told() -> None:
    """The seed in the answer draws the same frame again."""
    first = design(_wish(), Generate())
    again = design(_wish(), Generate(seed=first.design.seed))

    assert again.files == first.files


def test_none_asked_for_is_none_drawn() -> None:
    """A count of 0 loads nothing and says so."""
    made, files = design(_wish(), Generate(count=0))

    assert made.status is DesignStatus.NOT_ASKED
    assert files == {}


def test_what_no_wish_may_be_is_refused() -> None:
    """NaN passes the contract's lengths, yet never the generator; the design then tells why."""
    empty = Wish(shape=(0.0,) * 31, color=(0.5,) * 15)

    with pytest.raises(InvalidRequestError) as caught:
        design(empty, Generate())
    told = without_design(caught.value)
    assert told.status is DesignStatus.FAILED
    assert told.reason == "shape is all zero: it asks for nothing."


def _lose(folder: Path) -> None:
    (folder / "frame-generator.tflite").unlink()


def _unlist(folder: Path) -> None:
    manifest = folder / "manifest.json"
    known = [m for m in json.loads(manifest.read_text())["models"] if m["name"] != "frame-enlarger"]
    manifest.write_text(json.dumps({"models": known}))


def _truncate(folder: Path) -> None:
    file = folder / "frame-generator.tflite"
    file.write_bytes(file.read_bytes()[:-1_000])


def _truncate_and_list(folder: Path) -> None:
    _replace(folder, "frame-enlarger", (folder / "frame-enlarger.tflite").read_bytes()[:100_000])


def _flip(folder: Path) -> None:
    file = folder / "frame-enlarger.tflite"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _swap(folder: Path) -> None:
    _replace(folder, "frame-generator", (folder / "frame-tagger.tflite").read_bytes())


def _write_nonsense(folder: Path) -> None:
    _replace(folder, "frame-generator", b"weights")


def _spoil_tagger(folder: Path) -> None:
    (folder / "frame-tagger.tflite").write_bytes(b"weights")


@pytest.mark.parametrize(
    ("spoil", "error", "status"),
    [
        (_lose, ModelNotInstalledError, DesignStatus.NOT_INSTALLED),
        (_unlist, ModelNotInstalledError, DesignStatus.NOT_INSTALLED),
        (_truncate, ModelDamagedError, DesignStatus.FAILED),
        (_truncate_and_list, ModelDamagedError, DesignStatus.FAILED),
        (_flip, ModelDamagedError, DesignStatus.FAILED),
        (_swap, ModelDamagedError, DesignStatus.FAILED),
        (_write_nonsense, ModelDamagedError, DesignStatus.FAILED),
        (_spoil_tagger, ModelDamagedError, DesignStatus.FAILED),
    ],
    ids=["lost", "unlisted", "truncated", "truncated, listed", "flipped", "another's", "nonsense", "tagger"],
)
def test_wrong_weights_draw_nothing(
    installed: Path, spoil: Break, error: type[NotInstalledError], status: DesignStatus
) -> None:
    """Weights that are missing, cut, of another network or of another hash: a clear error, told in the design."""
    spoil(installed)

    with pytest.raises(error) as caught:
        design(_wish(), Generate(seed=1))
    told = without_design(caught.value)
    assert isinstance(told, Design)
    assert told.status is status
    assert "frame-" in (told.reason or "")


def test_without_a_tagger_the_first_candidate_is_drawn(installed: Path) -> None:
    """Given no tagger / Then there is a drawing all the same, without a reading."""
    (installed / "frame-tagger.tflite").unlink()
    made, files = design(_wish(), Generate(seed=7))
    bare = Designer()
    first = bare.finished(bare.candidates(wish_condition(WISHES[5]), 7, 0)[0])
    drawn = cv2.imdecode(np.frombuffer(files["design-0.png"], np.uint8), cv2.IMREAD_UNCHANGED)

    assert made.status is DesignStatus.DRAWN
    assert made.readings == ((),)
    assert np.array_equal(cv2.cvtColor(drawn, cv2.COLOR_BGRA2RGBA), first)


def test_the_filter_writes_what_a_line_asks_for(tmp_path: Path) -> None:
    """One line in, paths and readings out; the files are there."""
    wish = _wish()
    told = design_line({"shape": wish.shape, "color": wish.color, "seed": 3, "count": 2}, tmp_path / "out")

    assert [Path(path).name for path in told["images"]] == ["3-design-0.png", "3-design-1.png"]
    assert all(Path(path).is_file() for path in told["images"])
    assert told["status"] == "drawn"
    assert {one["group"] for one in told["readings"][0]} >= {"shape", "rim", "color", "material"}


def test_a_pattern_is_seen_where_a_front_is_of_many_colours_and_nowhere_else() -> None:
    """Same wish and noise on another piece of the sheet: blotches move on a multicoloured front, black stays black."""
    draw = networks.generator()
    moved = {}
    for colour in ("multicolor", "black"):
        asked = np.repeat(
            wish_condition(("square", "full_rim", "plastic", colour, "upper_flat"))[None], 8, axis=0
        )
        one, other = (
            draw(condition=asked, noise=networks.noise(1, 0), pattern=networks.patterns(seed, 0))
            for seed in (1, 2)
        )
        front = np.minimum(one[..., 3], other[..., 3]) > 0.9
        moved[colour] = np.abs(one - other)[front][:, :3].mean()

    assert moved["multicolor"] > 0.1
    assert moved["black"] < 0.03


def test_patterns_are_repeatable_and_of_all_depths() -> None:
    """Each candidate has its own piece of one sheet, from its lightest places to its darkest."""
    found = networks.patterns(5, 1)

    assert found.shape == (8, 64, 80, 1)
    assert np.array_equal(found, networks.patterns(5, 1))
    assert not np.array_equal(found, networks.patterns(5, 2))
    assert np.abs(found).max() <= 1
    assert (found.std(axis=(1, 2, 3)) > 0.4).all()
    assert not np.array_equal(found[0], found[1])
