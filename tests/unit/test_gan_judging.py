"""The measures that designs are judged by, on things of which the answer is known."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.eyewear.render import render_rgba
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import FrameSpec, Material, Rim
from training.gan.artefacts import artefacts
from training.gan.distances import frechet, kernel_distance, precision_recall, vendi
from training.gan.evaluate import asked_frames, conditions, main, markdown
from training.gan.samples import WISHES, wish_condition
from training.sr.fidelity import fidelity, ssim
from training.sr.patches import with_margin
from workers.gan.condition import FEATURES, GROUPS

RNG = np.random.default_rng(8)
CLOUD = RNG.normal(size=(600, 5))


def _frame(**facts: object) -> np.ndarray:
    return render_rgba(FrameSpec(**facts), 640)  # type: ignore[arg-type]  # any of its fields


def test_frechet_distance_of_known_normals() -> None:
    """Shifted by d it is d²; scaled by two it is the sum of variances; to itself it is nothing."""
    shift = np.array([3.0, 0, 0, 0, 0])

    assert frechet(CLOUD, CLOUD) == pytest.approx(0, abs=1e-9)
    assert frechet(CLOUD, CLOUD + shift) == pytest.approx(9)
    assert frechet(CLOUD, 2 * (CLOUD - CLOUD.mean(axis=0)) + CLOUD.mean(axis=0)) == pytest.approx(
        np.trace(np.cov(CLOUD, rowvar=False))
    )


def test_kernel_distance_is_about_nothing_for_the_same_and_grows() -> None:
    """Two draws of one distribution are unbiased around 0; a shifted one is far above."""
    halves = [kernel_distance(RNG.normal(size=(300, 5)), RNG.normal(size=(300, 5))) for _ in range(8)]

    assert abs(np.mean(halves)) < 0.02
    assert kernel_distance(CLOUD, CLOUD + 1) > 1


def test_precision_and_recall_tell_the_two_failures_apart() -> None:
    """Drawings of one corner alone are precise but recall little; drawings from elsewhere are neither."""
    corner = CLOUD[CLOUD[:, 0] > 1]
    precision, recall = precision_recall(corner[:80], CLOUD[:80] if len(corner) < 80 else CLOUD)

    assert precision == 1.0
    assert recall < 0.7
    assert precision_recall(CLOUD + 50, CLOUD) == (0.0, 0.0)


def test_vendi_counts_what_is_wholly_different() -> None:
    """Three directions, however often repeated, are worth three; all the same are worth one."""
    assert vendi(np.repeat(np.eye(3), 5, axis=0)) == pytest.approx(3)
    assert vendi(np.ones((9, 4))) == pytest.approx(1)


def test_renders_have_no_artefacts() -> None:
    """What is counted as a fault is not found in forty random renders, whatever their rim."""
    rng = np.random.default_rng(9)
    for _ in range(40):
        spec = random_spec(rng, even=0.5)
        found = artefacts(render_rgba(spec, 640), full_rim=spec.rim is Rim.FULL)
        assert (found.loose, found.holes, found.open_rim) == (False, False, False), spec
        assert 1.0 <= found.ragged < 1.08


def test_each_artefact_is_found() -> None:
    """A part set apart, a hole in a lens, a gap in a rim, an outline with teeth: each is noticed, and alone."""
    good = _frame()
    loose, holed, open_, ragged = (good.copy() for _ in range(4))
    loose[10:30, 10:30] = 255
    lens = slice(150, 175), slice(430, 455)
    holed[lens] = 0
    open_[160:, 430:440] = 0
    teeth = cv2.dilate((good[..., 3] > 12).astype(np.uint8), np.ones((9, 9)))
    teeth[:, np.arange(640) % 16 < 8] = 0
    ragged[(teeth > 0) & (good[..., 3] <= 12)] = 255
    looked = [artefacts(one, full_rim=True) for one in (good, loose, holed, open_, ragged)]

    assert [one.loose for one in looked] == [False, True, False, False, False]
    assert [one.holes for one in looked] == [False, False, True, False, False]
    assert [one.open_rim for one in looked] == [False, False, False, True, False]
    assert looked[4].ragged > looked[0].ragged + 0.1
    assert not artefacts(open_, full_rim=False).open_rim


def test_ssim_of_known_pictures() -> None:
    """The same is 1, noise lowers it, and a negative is far off."""
    picture = np.asarray(render_rgba(FrameSpec(), 160)[..., 3], np.float32) / 255

    assert ssim(picture, picture) == pytest.approx(1)
    assert ssim(picture, 1 - picture) < ssim(picture, np.clip(picture + 0.05, 0, 1)) < 1


def test_fidelity_ranks_a_perfect_enlarger_above_bicubic() -> None:
    """Given an enlarger that repeats pixels / Then bicubic is the better; given one that knows the answer, not."""
    view = _frame()
    repeat = fidelity(lambda picture: picture.repeat(4, 1).repeat(4, 2), [view])  # type: ignore[arg-type]  # any enlarger
    smooth = fidelity(_bicubic, [view])  # type: ignore[arg-type]  # as above

    assert repeat[0].psnr < repeat[1].psnr
    assert smooth[0].psnr == pytest.approx(smooth[1].psnr, abs=0.1)


def _bicubic(picture: np.ndarray) -> np.ndarray:
    assert picture.shape == with_margin(np.zeros((1, 64, 80, 4), np.float32)).shape
    size = (4 * picture.shape[2], 4 * picture.shape[1])
    return cv2.resize(picture[0], size, interpolation=cv2.INTER_CUBIC)[np.newaxis]


def test_wishes_of_the_judgement_are_of_no_wood_and_keep_the_outline() -> None:
    """Conditions ask for one word of each group, that of the frame; the same seed gives the same."""
    specs = asked_frames(20, 3)
    asked = conditions(specs)

    assert specs == asked_frames(20, 3)
    assert all(spec.material is not Material.WOOD for spec in specs)
    for spec, row in zip(specs, asked, strict=True):
        assert row[FEATURES.index(spec.shape.value)] == 1
        for group, place in GROUPS.items():
            assert row[place].sum() == 1, group


def test_the_gallery_asks_for_every_outline_in_known_words() -> None:
    """Ten rows, ten outlines; each word is one of the 46."""
    assert {words[0] for words in WISHES} == set(FEATURES[GROUPS["shape"]])
    for words in WISHES:
        assert set(words) <= set(FEATURES)
        assert all(wish_condition(words)[place].sum() == 1 for place in GROUPS.values())


def test_tables_are_markdown() -> None:
    """A head, a rule, the rows; tables apart."""
    assert markdown([[("a", "b"), ("1", "2")], [("c",), ("3",)]]) == (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| c |\n| --- |\n| 3 |\n"
    )


def test_one_command_judges_prints_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A handful of wishes / Then every table is there with numbers, and the sheets have their rows and columns."""
    main(["--count", "6", "--enlarged", "1", "--like", "2", "--seeds", "2", "--out", str(tmp_path)])
    printed = capsys.readouterr().out

    assert printed.rstrip() == (tmp_path / "table.md").read_text().rstrip()
    for row in (
        "shape",
        "rim",
        "color",
        "material",
        "Fréchet distance",
        "recall",
        "loose parts, %",
        "PSNR, dB",
    ):
        (line,) = (line for line in printed.splitlines() if line.startswith(f"| {row} |"))
        assert all(float(cell) >= 0 for cell in line.split("|")[2:-1]), line
    assert cv2.imread(str(tmp_path / "gallery.webp")).shape == (len(WISHES) * 128, 2 * 320, 3)
    assert cv2.imread(str(tmp_path / "samples.webp")).shape == (2 * 256, 4 * 320, 3)
