"""The whole recipe of generator and enlarger at a tiny size: train, be cut off, go on, export, load in the worker."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from shared.eyewear import tagger
from shared.eyewear.locate import locate
from shared.eyewear.render import render_rgba
from shared.eyewear.spec import Colour, Finish, FrameSpec, Material
from training import litert
from training.gan import export as gan_export
from training.gan import judge
from training.gan.knowns import STYLE, WORDS, knowns, shown, word_slices
from training.gan.networks import discriminator, generator, prior, sampler
from training.gan.pairs import half, on_white, pairs, patterns
from training.gan.train import Recipe, Run, noise, train
from training.progress import Log
from training.renders import Views, draw, views
from training.sr import export as sr_export
from training.sr import train as sr
from training.sr.drawn import drawn
from training.sr.patches import patches, with_margin, without_margin
from workers.gan import networks as served

GAN = Recipe(steps=6, warm=3, batch=4, width=8, judge_width=4, precision="float32")
SR = sr.Recipe(steps=4, warm=2, batch=2, side=16, blocks=1, width=8, precision="float32")


@pytest.fixture(scope="module", autouse=True)
def _policy() -> None:
    """Training sets Keras' policy for the whole process."""
    keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Views:
    """Twenty-four views as the generator learns from them."""
    return views(24, 1, 160, even=1.0, folder=tmp_path_factory.mktemp("views"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Views:
    """Four views as the enlarger learns from them."""
    return views(4, 3, 640, folder=tmp_path_factory.mktemp("large"))


@pytest.fixture(scope="module")
def trained(small: Views, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished tiny run of the generator."""
    folder = tmp_path_factory.mktemp("gan")
    found = pairs(small)
    train(GAN, folder, found, found, every=1)
    return folder


def _models(folder: Path) -> Path:
    (folder / "manifest.json").write_text(json.dumps({"models": []}))
    (folder / "packaged.lock.json").write_text(json.dumps({"models": []}))
    return folder


def _losses(folder: Path) -> dict[str, list[int]]:
    """At which steps each loss was noted."""
    noted: dict[str, list[int]] = {}
    with (folder / "losses.csv").open() as file:
        for step, name, _ in csv.reader(file):
            noted.setdefault(name, []).append(int(step))
    return noted


def test_both_phases_run_and_leave_curves_and_sheets(trained: Path) -> None:
    """Regression first, then the discriminator too; phases of unlike losses are plotted together."""
    noted = _losses(trained)

    assert noted["pixels"] == [1, 2, 3, 4, 5, 6]
    assert noted["judge"] == noted["fool"] == noted["features"] == [4, 5, 6]
    assert (trained / "losses.png").stat().st_size > 1_000
    assert [file.name for file in sorted(trained.glob("samples-*.png"))] == [
        "samples-000005.png",
        "samples-000006.png",
    ]
    assert Recipe.of(trained) == GAN


def test_curves_of_unequal_length_are_drawn(tmp_path: Path) -> None:
    """A loss that only the second phase has does not end the run, as it once did."""
    log = Log(tmp_path)
    log.add(1, {"pixels": 1.0})
    log.add(2, {"pixels": 0.5, "judge": 2.0})
    log.plot()

    assert (tmp_path / "losses.png").is_file()


def test_regression_learns(small: Views, tmp_path: Path) -> None:
    """Forty steps on the same few frames bring the drawing nearer to them than the first guess is."""
    found = pairs(small)
    run = Run(replace(GAN, steps=40, warm=40, rate=3e-3), tmp_path)
    batch = found.some(slice(8))
    first = float(run.advance(batch)["pixels"])
    for _ in range(39):
        last = float(run.advance(batch)["pixels"])

    assert last < 0.7 * first


def test_a_run_cut_off_goes_on_where_it_was(small: Views, tmp_path: Path) -> None:
    """Given a checkpoint of step 3 / Then the run starts there with the very same weights and optimizers."""
    found = pairs(small)
    train(replace(GAN, steps=3), tmp_path, found, found, every=1)
    again = Run(GAN, tmp_path)
    kept = np.load(tmp_path / "checkpoint.npz")

    assert again.step == 3
    for name, part in again._parts.items():
        for i, variable in enumerate(part.variables):
            assert np.array_equal(np.asarray(variable), kept[f"{name}/{i}"]), (name, i)
    done = train(GAN, tmp_path, found, found, every=1)
    assert done.step == 6
    assert _losses(tmp_path)["pixels"] == [1, 2, 3, 4, 5, 6]


def test_a_checkpoint_of_other_networks_is_refused(trained: Path) -> None:
    """A run with another width does not go on from these weights."""
    with pytest.raises(ValueError, match="shape"):
        Run(replace(GAN, width=16), trained)


def test_exported_weights_draw_as_the_keras_network(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Export lists the file with its hash, the card tells the recipe, and LiteRT draws what Keras draws."""
    folder = _models(tmp_path)
    gan_export.main(["--folder", str(trained), "--models", str(folder), "--version", "tiny", "--views", "24"])
    monkeypatch.setattr(served, "load_verified", lambda _: (folder / "frame-generator.tflite").read_bytes())
    asked, given = np.zeros((8, 46), np.float32), noise(8, 0)
    asked[:, 3] = 1
    core, learnt, step = gan_export.load(trained, GAN.width)

    (entry,) = json.loads((folder / "manifest.json").read_text())["models"]
    card = (folder / entry["card"]).read_text()
    assert (entry["version"], step) == ("tiny", 6)
    assert "3 steps of 4 of regression alone, 3 steps of 4 against the discriminator too" in card
    assert "{" not in card
    depth = served.patterns(1, 0)
    served_picture = served.generator()(condition=asked, noise=given, pattern=depth)
    assert np.allclose(served_picture, sampler(core, learnt)([asked, given, depth]), atol=5e-3)


def test_training_can_start_from_exported_weights(small: Views, trained: Path, tmp_path: Path) -> None:
    """Given no checkpoint but a shipped file / Then core, mean and prior are its own, to half precision."""
    core, learnt, _ = gan_export.load(trained, GAN.width)
    data = litert.exported(sampler(core, learnt), 8)
    run = Run(GAN, tmp_path)
    run.begin_with(data)

    for mine, theirs in ((run.core, core), (run.mean, core), (run.prior, learnt)):
        for one, other in zip(mine.get_weights(), theirs.get_weights(), strict=True):
            assert np.allclose(one, other, rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match="argument"):
        litert.regain(data, discriminator(4))


def test_what_is_known_of_a_frame_is_one_word_of_each_group(small: Views) -> None:
    """Styles have one word of each group and lengths of moderate size; the condition keeps the drawn outline."""
    known = knowns(small)

    for name, place in word_slices().items():
        assert (known.style[:, place].sum(axis=1) == 1).all(), name
        assert place.stop - place.start == len(WORDS[name])
    assert known.style.shape == (24, STYLE)
    assert np.abs(known.style).max() < 6
    shapes = tuple(type(small.specs[0].shape))
    assert [shapes[i] for i in known.condition[:, :10].argmax(axis=1)] == [spec.shape for spec in small.specs]


def test_wood_is_left_out(small: Views) -> None:
    """A wish asks for plastic or metal, so the generator never sees wood."""
    kept = shown(small)

    assert [spec.material is not Material.WOOD for spec in small.specs] == kept.tolist()
    assert len(pairs(small).halves) == kept.sum() < 24


def test_halves_show_the_right_side_on_white(small: Views) -> None:
    """A half is 64 × 80 pixels; where nothing is, it is white."""
    (found,) = on_white(half(small.images[:1]))

    assert found.shape == (64, 80, 4)
    assert (found[found[..., 3] == 0][:, :3] == 255).all()


def test_style_obeys_noise(trained: Path) -> None:
    """Same condition and noise, same drawing; other noise, another drawing."""
    core, learnt = generator(8), prior()
    sample = sampler(core, learnt)
    asked, depth = np.zeros((2, 46), np.float32), np.zeros((2, 64, 80, 1), np.float32)
    same, other = (np.asarray(sample([asked, noise(2, seed), depth])) for seed in (1, 2))

    assert np.array_equal(same, np.asarray(sample([asked, noise(2, 1), depth])))
    assert not np.allclose(same, other)


def test_patterns_lie_as_the_renderer_cuts_them() -> None:
    """Given fronts of tortoise / Then where the pattern is dark the front is, pixel by pixel."""
    specs = [FrameSpec(finish=Finish.TORTOISE, color=Colour.BROWN, rim_top=9, seed=seed) for seed in (3, 700)]
    for spec, found in zip(specs, patterns(specs), strict=True):
        view = half(draw(spec, 160))
        front = view[..., 3] == 255
        assert front.sum() > 200
        assert np.corrcoef(found[front, 0], view[front, :3].sum(axis=-1))[0, 1] < -0.8


def test_a_pattern_adds_nothing_before_it_is_learnt() -> None:
    """Given fresh weights / Then any pattern draws the same, so weights from before patterns may be gone on with."""
    core, given = generator(8), np.random.default_rng(1).normal(size=(1, 111)).astype(np.float32)
    plain, blotched = (
        np.asarray(core([given, depth])) for depth in (np.zeros((1, 64, 80, 1)), served.patterns(1, 0)[:1])
    )

    assert np.array_equal(plain, blotched)


def test_the_enlarger_trains_is_cut_off_goes_on_and_is_exported(
    large: Views, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both phases from renders and from drawings; then LiteRT enlarges as Keras does, and can be started from."""
    core, *_ = gan_export.load(trained, GAN.width)
    halves = drawn(core, large)
    folder = tmp_path / "run"
    sr.train(replace(SR, steps=2), folder, large.images, halves, every=1)
    done = sr.train(SR, folder, large.images, halves, every=1)
    models = tmp_path / "models"
    models.mkdir()
    sr_export.main(["--folder", str(folder), "--models", str(_models(models))])
    data = (models / "frame-enlarger.tflite").read_bytes()
    monkeypatch.setattr(served, "load_verified", lambda _: data)
    small = with_margin(np.asarray(halves[:1], np.float32) / 255)
    model, step = sr_export.load(folder, SR)

    assert (done.step, step) == (4, 4)
    assert _losses(folder)["pixels"] == [1, 2, 3, 4]
    assert _losses(folder)["features"] == [3, 4]
    made = served.enlarger()(picture=small)
    assert np.allclose(made, model(small), atol=5e-3)
    assert without_margin(made).shape == (1, 256, 320, 4)
    again = sr.Run(SR, tmp_path / "another")
    again.begin_with(data)
    assert np.allclose(again.enlarger.get_weights()[0], model.get_weights()[0], atol=1e-3)


def test_patches_pair_small_with_large(large: Views) -> None:
    """The small patch is the large one averaged down; with drawings, every other small one is a drawing's."""
    halves = np.full((4, 64, 80, 4), 7, np.uint8)
    found = patches(large.images, halves, count=6, side=16, seed=(1, 2))

    assert found.large.shape == (6, 64, 64, 4)
    averaged = found.large.reshape(6, 16, 4, 16, 4, 4).mean(axis=(2, 4))
    assert np.allclose(found.small[::2], averaged[::2], atol=1e-5)
    assert np.allclose(found.small[1::2], 7 / 255)


def test_the_judge_trains_and_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny judge is listed with its hash, and reads a render."""
    folder = _models(tmp_path)
    judge.main(["--frames", "8", "--steps", "2", "--models", str(folder), "--work", str(tmp_path)])
    (entry,) = json.loads((folder / "manifest.json").read_text())["models"]
    data = (folder / entry["file"]).read_bytes()
    monkeypatch.setattr(tagger, "load_verified", lambda _: data)
    monkeypatch.setattr(tagger, "find", lambda _: SimpleNamespace(version="tiny"))
    tags = tagger.Tagger(judge.NAME).read_canvas(render_rgba(FrameSpec(), 320))

    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert sum(tags.shares["shape"].values()) == pytest.approx(1, abs=1e-5)


def test_the_judge_sees_two_thirds_blurred(small: Views) -> None:
    """The same seed blurs the same views; sharp ones are as the tagger finds them."""
    taught, again = judge.lessons(small, 5), judge.lessons(small, 5)
    sharp = [
        np.array_equal(seen, locate(np.asarray(view)).pixels)
        for seen, view in zip(taught.pixels, small.images, strict=True)
    ]

    assert np.array_equal(taught.pixels, again.pixels)
    assert 4 <= sum(sharp) <= 16
