"""A person's own measures: what heads should foretell, and how far that leaves them in doubt."""

import numpy as np
import pytest

from training.faces import calibrate, people
from training.faces.measured import MEASURES, QUANTILES, lines, report, scales
from training.faces.people import Lesson
from workers.perception.population import Scale

RNG = np.random.default_rng(6)
PEOPLE = 40_000
PAIRS = np.arange(2 * PEOPLE).reshape(-1, 2)


def _drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People's own measures, twice each; what a head says of each photo on a scale of its own; what each photo shows."""
    own = np.repeat(RNG.normal(10, 0.6, (PEOPLE, len(MEASURES))), 2, axis=0)
    head = 0.5 * (own - 10) + RNG.normal(0, 0.2, own.shape) + 3
    return own, head, own + RNG.normal(0, 0.8, own.shape)


def test_a_head_on_its_line_tells_the_own_measure() -> None:
    """Given heads and photos of people with known measures / Then of those told a measure the mean is just that, and bands hold what was drawn."""
    own, head, shown = _drawn()

    slope, offset = lines(head, shown, PAIRS)
    told = slope * head + offset
    found = scales(told, shown, PAIRS)

    for column, name in enumerate(MEASURES):
        scale = Scale.model_validate(found[name])
        for here in (9.7, 10.4):
            alike = own[np.abs(told[:, column] - here) < 0.03, column]
            assert alike.mean() == pytest.approx(here, abs=0.04)
            drawn = np.histogram(alike, [-np.inf, *scale.cuts, np.inf])[0] / len(alike)
            assert scale.bands(here) == pytest.approx(drawn, abs=0.03)
        beyond = [(own[:, column] < cut).mean() for cut in scale.cuts]
        assert beyond == pytest.approx(QUANTILES[name], abs=0.02)


def test_the_report_sets_heads_beside_measurements(capsys: pytest.CaptureFixture[str]) -> None:
    """Photos alike by 0.36, a head that foretells them better, heads more alike still."""
    _, head, shown = _drawn()

    report(head, shown, PAIRS)

    first = next(line for line in capsys.readouterr().out.splitlines() if "jaw_angle" in line)
    photos, foretold, heads = (float(cell) for cell in first.split("|")[2:5])
    assert photos == pytest.approx(0.36, abs=0.02)
    assert foretold == pytest.approx(0.5, abs=0.02)
    assert heads == pytest.approx(0.69, abs=0.02)


def test_what_lasts_is_calibrated_on_the_next_photo_and_what_passes_on_its_own() -> None:
    """Given a score that a photo shows plainly and the next photo only half the time / Then a lasting trait is told half as surely."""
    shown = RNG.random(2000) < 0.5
    kept = RNG.random(2000) < 0.5
    next_one = np.where(kept, shown, RNG.random(2000) < 0.5)
    truth = np.column_stack([shown, next_one]).ravel()
    score = truth + RNG.normal(0, 0.3, 4000)
    pairs = np.arange(4000).reshape(-1, 2)
    lessons = {name: Lesson(score, truth) for name in ("beard", "nose_big")}
    male = RNG.random(4000)

    passing, lasting = people.lines(np.column_stack([score, score]), lessons, male, pairs)

    sure = [
        float(1 / (1 + np.exp(-(line[0] * 1.0 + line[1] * 0.5 + line[2])))) for line in (passing, lasting)
    ]
    assert sure[0] > 0.9
    assert 0.6 < sure[1] < 0.8
    assert passing == pytest.approx(calibrate.logistic(np.column_stack([score, male]), truth))
