"""The tagger's recipe at a tiny size: photos taken, training cut off and gone on with, exported, loaded, judged."""

import csv
import json
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from shared.eyewear.locate import SIZE, locate
from shared.eyewear.render import render_rgba
from shared.eyewear.spec import Colour, FrameSpec, Material, Shape
from shared.eyewear.tagger import GROUPS, NUMBERS, Tagger
from shared.settings import settings
from training.renders import views
from training.tagger import evaluate
from training.tagger.fit import fit, main
from training.tagger.lessons import Lessons, lessons, target
from training.tagger.network import DESIGNS, build, halves, loss
from training.tagger.photos import photographed

WORDS = sum(map(len, GROUPS.values()))


@pytest.fixture(scope="module", autouse=True)
def _policy() -> None:
    """Training elsewhere sets Keras' policy for the whole process."""
    keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Lessons:
    """Six frames, two photos of each."""
    return lessons(6, 3, photos=2, folder=tmp_path_factory.mktemp("lessons"))


def test_lessons_are_photos_with_their_tags(taught: Lessons) -> None:
    """Given frames / If photographed / Then each photo has one size and its frame's tags, shares of a group summing to 1."""
    assert taught.pixels.shape == (12, SIZE[1], SIZE[0], 3)
    assert taught.targets.shape == (12, WORDS + len(NUMBERS))
    assert np.array_equal(taught.targets[0::2], taught.targets[1::2])
    start = 0
    for words in GROUPS.values():
        assert np.allclose(taught.targets[:, start : start + len(words)].sum(axis=1), 1)
        start += len(words)


def test_a_mixed_outline_is_shared(taught: Lessons) -> None:
    """Given a frame between two shapes / If its tags are told / Then both have their share."""
    told = target(FrameSpec(shape=Shape.ROUND, towards=Shape.SQUARE, mix=0.25))
    shares = dict(zip(GROUPS["shape"], told, strict=False))
    assert (shares["round"], shares["square"]) == (0.75, 0.25)


def test_photos_differ_and_still_show_the_frame() -> None:
    """Given one view / If photographed several times / Then the photos differ and the frame is found in most."""
    view = render_rgba(FrameSpec(color=Colour.BROWN), 256)
    rng = np.random.default_rng(4)
    taken = [photographed(view, rng) for _ in range(12)]
    found = [locate(photo).aspect for photo in taken]
    assert len({photo.tobytes() for photo in taken}) == 12
    assert np.median(found) == pytest.approx(locate(view).aspect, rel=0.12)


def test_sunglasses_are_drawn_when_asked(tmp_path: Path) -> None:
    """Given a share of sunglasses / If drawn / Then about so many have tints, and the frames are otherwise the same."""
    plain = views(40, 8, 80, folder=tmp_path).specs
    dark = views(40, 8, 80, tinted=0.9, folder=tmp_path).specs
    assert sum(spec.lens_tint is not None for spec in dark) >= 30
    assert {spec.shape for spec in dark[:1]} == {spec.shape for spec in plain[:1]}


def test_the_loss_is_least_for_the_truth(taught: Lessons) -> None:
    """Given tags / If the answer is right, unsure or wrong / Then the loss grows in that order."""
    truth = np.asarray(taught.targets, np.float32)
    right, unsure = truth.copy(), truth.copy()
    right[:, :WORDS] = 20 * truth[:, :WORDS]
    unsure[:, :WORDS] = 0
    wrong = right[::-1].copy()
    wrong[:, :WORDS] = 20 * (1 - truth[:, :WORDS])
    assert float(loss(truth, right)) < float(loss(truth, unsure)) < float(loss(truth, wrong))


def test_both_halves_look_the_same_way(taught: Lessons) -> None:
    """Given symmetric frames / If halved / Then the right half is the left one mirrored."""
    page = np.zeros((1, SIZE[1], SIZE[0], 3), np.uint8)
    page[:, :, :10] = 200
    page[:, :, -10:] = 200
    left, right = halves(page)
    assert np.array_equal(left, right)


def test_training_goes_on_where_it_was_cut_off(taught: Lessons, tmp_path: Path) -> None:
    """Given a run killed in the middle / If started again / Then it ends with the weights of an unbroken one."""
    whole = fit(taught, "judge", 5, 4, tmp_path / "whole.keras", batch=2)
    fit(taught, "judge", 5, 4, tmp_path / "cut.keras", batch=2, until=2)
    resumed = fit(taught, "judge", 5, 4, tmp_path / "cut.keras", batch=2)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_every_design_answers_every_group() -> None:
    """Given each design / If built / Then its answers are the groups and numbers a tagger reads."""
    for design in DESIGNS.values():
        answer = build(design, 1)(np.zeros((2, SIZE[1], SIZE[0] // 2, 3), np.float32))
        assert answer["tags"].shape == (2, WORDS + len(NUMBERS))
        assert answer["features"].shape == (2, design.features)


def test_the_whole_recipe_ends_in_a_tagger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given the command at a tiny size / If run / Then weights are published, a tagger loads them, and can be judged."""
    models, photos = tmp_path / "models", tmp_path / "photos" / "shop"
    models.mkdir()
    for name in ("manifest.json", "packaged.lock.json"):
        (models / name).write_text(json.dumps({"models": []}))
    words = ["--frames", "4", "--steps", "2", "--design", "judge", "--models", str(models)]
    main([*words, "--work", str(tmp_path / "work"), "--batch", "2"])
    _labelled(photos)
    monkeypatch.setenv("EXPERTGLASSES_MODELS_DIR", str(models))
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    try:
        assert Tagger().version == "1"
        evaluate.main(["--data", str(tmp_path / "photos"), "--renders", "4"])
    finally:
        settings.cache_clear()
    told = capsys.readouterr().out
    assert "4 unseen renders" in told
    assert "shop: 2 photos" in told
    assert "shape: " in told
    assert "blank.png: no frame found" in told


def _labelled(folder: Path) -> None:
    """Two photos of frames and one of nothing, with a shop's words."""
    folder.mkdir(parents=True)
    rows = [
        ("a.png", "Round", "Full Rim", "black"),
        ("b.png", "Rectangle", "", "golden"),
        ("blank.png", "Oval", "", ""),
    ]
    for name, shape, *_ in rows:
        page = np.full((240, 480, 3), 255, np.uint8)
        if name != "blank.png":
            spec = FrameSpec(shape=Shape(shape.lower()), material=Material.PLASTIC)
            view = render_rgba(spec, 480)
            share = view[..., 3:] / 255
            page = (view[..., :3] * share + page * (1 - share)).astype(np.uint8)
        cv2.imwrite(str(folder / name), page[..., ::-1])
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "shape", "rim", "colours", "kind", "dup_of"))
        writer.writerows((*row, "eyeglasses", "") for row in rows)
