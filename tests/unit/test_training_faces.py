"""Recipes of perception: each runs on a handful of faces, learns what there is to learn, and goes on where it stopped."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from perception_photos import astronaut, scaled

from cli.evaluate import evaluate
from cli.train import train
from training.faces import calibrate, covers, measured, people, scratch, trunk
from training.faces.alter import compressed, lit, worn
from training.faces.ridge import Design, fit, held_out, outputs, pairs_of
from workers.perception.crop import SIZE, head_crop
from workers.perception.heads import HeadReader
from workers.perception.look import Looker

RNG = np.random.default_rng(5)


def _design(ridge: float = 0.01, pull: float = 0.0) -> tuple[Any, Design, list[str]]:
    table = RNG.normal(size=(90, 6))
    people_ = [f"p{number // 3}" for number in range(90)]
    targets = table[:, :2] * (2.0, -1.0) + 0.3
    return table, Design(targets, np.ones(90), pairs_of(people_), pull, ridge), people_


def test_a_ridge_finds_the_line_that_made_the_targets() -> None:
    """Targets that are a line on the features are found again on people held out."""
    table, design, persons = _design()

    found = held_out(table @ table.T, design, persons)

    for head in range(2):
        assert np.corrcoef(found[:, head], design.targets[:, head])[0, 1] > 0.99


def test_pairs_pull_the_photos_of_one_person_together() -> None:
    """The more pairs count, the less two photos of one person differ."""
    table, _, persons = _design()
    targets = RNG.normal(size=(90, 1))
    gram, pairs = table @ table.T, pairs_of(persons)
    apart = []
    for pull in (0.0, 100.0):
        found = outputs(
            gram, fit(gram, Design(targets, np.ones(90), pairs, pull, 0.1), np.ones(90, bool)), np.arange(90)
        )
        apart.append(float(np.abs(found[pairs[:, 0]] - found[pairs[:, 1]]).mean()))

    assert apart[1] < 0.5 * apart[0]


def test_photos_that_are_not_kept_teach_nothing() -> None:
    """Absurd targets of photos left out do not change the fit."""
    table, design, _ = _design()
    kept = np.arange(90) < 60
    spoiled = design._replace(targets=np.where(kept[:, np.newaxis], design.targets, 1e6))

    assert fit(table @ table.T, design, kept).alpha == pytest.approx(
        fit(table @ table.T, spoiled, kept).alpha
    )


@hypothesis_settings(deadline=None, max_examples=20)
@given(slope=st.floats(0.5, 3), offset=st.floats(-1, 1))
def test_calibration_finds_the_line_behind_the_odds(slope: float, offset: float) -> None:
    """Outcomes drawn from a logistic line are calibrated by nearly that line, and the error is small."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=4000)
    chance = 1 / (1 + np.exp(-(slope * scores + offset)))
    truth = rng.random(4000) < chance

    found = calibrate.logistic(scores[:, np.newaxis], truth)

    assert found == pytest.approx([slope, offset], abs=0.3)
    assert calibrate.calibration_error(chance, truth) < 0.05


def test_softmax_calibration_undoes_a_scale_and_a_shift() -> None:
    """Scores that are logits halved and shifted get their slope and offsets back."""
    logits = RNG.normal(size=(5000, 3)) * 2
    classes = np.array([RNG.choice(3, p=row) for row in calibrate.shares(logits)])

    slope, offsets = calibrate.softmax(logits / 2 - (0.5, 0, 0), classes, np.ones(5000))

    assert slope == pytest.approx(2, rel=0.15)
    assert offsets[0] - offsets[1] == pytest.approx(1, abs=0.2)


def test_lessons_compare_people_with_their_own_gender() -> None:
    """A big nose is one among a quarter of the men and of the women; a beard scores half, a moustache a twentieth."""
    count = 400
    columns = {trait.column: RNG.random(count) for trait in people.TRAITS.values()}
    columns |= {"Male": np.repeat([0.0, 1.0], count // 2), "Smiling": RNG.random(count)}
    columns["Big_Nose"][: count // 2] *= 0.1
    kept = SimpleNamespace(numbers=lambda name: columns[name].copy())

    lessons = people.lessons(cast("Any", kept))

    assert set(lessons) == set(people.TRAITS)
    for half in (slice(0, count // 2), slice(count // 2, count)):
        assert lessons["nose_big"].truth[half].mean() == pytest.approx(0.25, abs=0.01)
    assert (lessons["beard"].truth == (columns["No_Beard"] < 0.5)).all()
    assert (lessons["mustache"].truth == (columns["Mustache"] > 0.05)).all()


def test_every_published_trait_has_its_head() -> None:
    """Traits, covers, hair and shapes of the recipe are what the worker loads."""
    names = set(HeadReader()._names)

    assert set(people.TRAITS) <= names
    assert {"glasses", "sunglasses", "mask", "hair:grey", "shape:oval"} <= names
    assert {f"own:{name}" for name in measured.MEASURES} <= names


@pytest.mark.parametrize("cover", [covers.dark_lenses, covers.mask, covers.hand])
def test_covers_hide_what_they_should_and_nothing_else(cover: Any) -> None:
    """A cover changes much of the head, never its corners, and the same draw gives the same picture."""
    rgb = scaled(astronaut(), 0.5)
    crop = head_crop(rgb, Looker().faces(rgb)[0])

    first, again = (cover(crop.rgb, crop.points, np.random.default_rng(1)) for _ in range(2))

    changed = np.abs(first.astype(int) - crop.rgb).max(axis=2) > 20
    assert (first == again).all()
    assert 0.01 < changed.mean() < 0.4
    assert not changed[:20].any()


def test_altered_photos_keep_their_size_and_stay_recognisable() -> None:
    """Light, wear and compression change pixels, not shape, and not everything."""
    rgb = scaled(astronaut(), 0.25)
    rng = np.random.default_rng(2)
    for changed in (lit(rgb, rng), worn(rgb, rng), compressed(rgb, 60)):
        assert changed.shape == rgb.shape
        assert changed.dtype == np.uint8
        assert np.corrcoef(changed.ravel(), rgb.ravel())[0, 1] > 0.8


def test_training_people_needs_their_photos_and_unknown_tables_are_named(tmp_path: Path) -> None:
    """Without data, or for a table that is not there, the commands say what is missing."""
    runner = CliRunner()

    assert "say where they are with --data" in runner.invoke(train, ["heads"]).output
    assert "No such table: eyebrows" in runner.invoke(evaluate, ["--data", str(tmp_path), "eyebrows"]).output


def test_the_trunk_reads_each_picture_alone() -> None:
    """With weights by chance: one row of the promised length for each picture, and neither picture touches the other."""
    weights = _trunk_weights()
    model = trunk.build(weights, seen=192)
    head = cv2.resize(astronaut(), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    both = np.array([head, head[:, ::-1]], np.float32)

    found = model.predict(both, verbose=0)

    row, mirrored = found["row"]
    assert row.shape == (12 * 6 * 256,)
    assert np.isfinite(row).all()
    assert row.std() > 0
    np.testing.assert_allclose(model.predict(both[::-1], verbose=0)["row"][0], mirrored, rtol=1e-4, atol=1e-5)
    shapes = {name: found[name].shape[1:] for name in ("near", "middle", "far")}
    assert shapes == {"near": (48, 48, 64), "middle": (24, 24, 128), "far": (12, 12, 256)}
    np.testing.assert_allclose(found["far"][0, 0, 0] + found["far"][0, 0, -1], 2 * row[:256], rtol=1e-4)


def _trunk_weights() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    weights: dict[str, Any] = {}

    def add(conv: str, norm: str, shape: tuple[int, ...]) -> None:
        weights[f"{conv}.weight"] = rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype(np.float32)
        weights.update(
            {
                f"{norm}.{name}": np.full(shape[0], value, np.float32)
                for name, value in (("weight", 1), ("bias", 0.1), ("running_mean", 0), ("running_var", 1))
            }
        )

    add("conv1", "bn1", (64, 3, 7, 7))
    depths = {"layer1": (64, 64), "layer2": (64, 128), "layer3": (128, 256)}
    for name, (taken, made) in depths.items():
        for number, depth in enumerate((taken, made)):
            add(f"{name}.{number}.conv1", f"{name}.{number}.bn1", (made, depth, 3, 3))
            add(f"{name}.{number}.conv2", f"{name}.{number}.bn2", (made, made, 3, 3))
        if taken != made:
            add(f"{name}.0.downsample.0", f"{name}.0.downsample.1", (made, taken, 1, 1))
    return weights


def test_a_network_from_scratch_learns_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a dozen people with two shapes / Then each epoch is told, and a second run begins after the last."""
    head = cv2.resize(astronaut(), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    columns = {
        "label": ["round", "square"] * 24,
        "person": [f"p{number // 4}" for number in range(48)],
        "near_evaluation_photo": ["0"] * 48,
    }
    crops = np.array([head, head[::-1]] * 24)
    kept = SimpleNamespace(part=lambda _: crops, column=lambda name: np.array(columns[name]))
    small = {"widths": (8, 16), "repeats": (2, 2), "last": 32}

    scratch.train(cast("Any", kept), tmp_path, 1, **small)
    scratch.train(cast("Any", kept), tmp_path, 2, **small)

    told = capsys.readouterr().out
    assert told.count("epoch 1/") == told.count("epoch 2/2") == 1
    assert "from scratch, people held out" in told
