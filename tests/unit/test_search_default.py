"""The default catalogue: the mix of real frames, the same bytes everywhere, every frame drawable and as described."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from functools import lru_cache

import numpy as np
import pytest

from shared.eyewear.describe import describe
from shared.eyewear.geometry import geometry
from shared.eyewear.spec import FrameSpec
from workers.search.generated import generate
from workers.search.importing.writer import FrameRow

# Of the catalogue everybody has; changes only when the catalogue is meant to.
DIGEST = "3383bf7b4bb0d603"


@lru_cache(maxsize=1)
def frames() -> list[FrameRow]:
    """All of them, made once."""
    return generate()


def spec_of(frame: FrameRow) -> FrameSpec:
    """How it is drawn."""
    return FrameSpec.model_validate(frame.spec)


def test_it_is_the_same_everywhere() -> None:
    """Given any machine / If generated / Then every word and number is the one written down here."""
    text = json.dumps([asdict(frame) for frame in frames()], sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == DIGEST


def test_it_has_the_shares_of_real_frames() -> None:
    """At least 10,000 frames; genders, shapes, rims and materials within 2 points of the published catalogue."""
    count = len(frames())
    assert count >= 10_000
    assert len({frame.id for frame in frames()}) == count
    for key, shares in {
        "shape": {"rectangle": 0.483, "cat_eye": 0.17, "square": 0.108, "round": 0.08, "oval": 0.08},
        "rim": {"full_rim": 0.87, "rimless": 0.10, "semi_rim": 0.03},
        "material": {"plastic": 0.5, "metal": 0.48},
    }.items():
        counted = Counter(frame.details[key] for frame in frames())
        for value, share in shares.items():
            assert counted[value] / count == pytest.approx(share, abs=0.025)
    assert sum(frame.gender == "female" for frame in frames()) / count == pytest.approx(0.56, abs=0.02)


def test_numbers_are_those_of_the_drawing() -> None:
    """Given each frame's specification / If described / Then it is the frame's vectors and details."""
    for frame in frames():
        spec = spec_of(frame)
        assert (tuple(frame.shape), tuple(frame.color)) == describe(spec)
        told = frame.details
        assert (told["shape"], told["rim"], told["material"]) == (spec.shape, spec.rim, spec.material)
        assert (told["color"], told["second_color"]) == (spec.color, spec.second)
        assert (told["lens_width"], told["bridge_width"]) == (spec.lens_width, spec.bridge_width)
        assert (frame.gender == "male") == spec.male == (frame.shape[30] > 0)
    assert np.isfinite([frame.shape for frame in frames()]).all()


def test_every_model_can_be_drawn() -> None:
    """Given the first of each model's colours, which share their form / If built / Then no geometry is refused."""
    for frame in frames()[::12]:
        assert geometry(spec_of(frame)).silhouette.is_valid


def test_models_come_in_three_colours() -> None:
    """Given frames of one model / Then they share brand, sizes and price, and no two have one main colour."""
    models: dict[str, list[FrameRow]] = {}
    for frame in frames():
        models.setdefault(frame.details["model"], []).append(frame)
    assert len(models) == len(frames()) / 3
    for variants in models.values():
        assert len({frame.details["color"] for frame in variants}) == 3
        shared = ("brand", "size", "price", "shape", "rim", "material", "total_width")
        assert len({tuple(frame.details[key] for key in shared) for frame in variants}) == 1


def test_details_are_plausible() -> None:
    """Prices, printed sizes and totals lie where shops' do, and no two frames bear one name."""
    assert all(39 <= frame.details["price"] <= 499 for frame in frames())
    assert all(40 <= frame.details["lens_width"] <= 62 for frame in frames())
    assert all(12 <= frame.details["bridge_width"] <= 25 for frame in frames())
    assert all(122 <= frame.details["total_width"] <= 152 for frame in frames())
    assert len({frame.name for frame in frames()}) > 0.99 * len(frames())
    assert 0.85 < np.mean([frame.details["in_stock"] for frame in frames()]) < 0.99
