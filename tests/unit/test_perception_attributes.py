"""Attributes of real faces: right where labels exist, the same when the photo changes a little."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from perception_photos import Rgb, astronaut, encoded, exposed, perceiver, rotated, scaled
from PIL import Image

from shared.contracts import Face
from shared.errors import ModelDamagedError, ModelNotInstalledError
from shared.settings import ROOT, settings
from workers.perception import Perceiver


def _face(rgb: Rgb, format_: str = "PNG", **options: int) -> Face:
    return perceiver().perceive(encoded(rgb, format_, **options))


def _changed(one: Face, other: Face) -> list[str]:
    """Attributes that `one` is sure of and `other` sees differently.

    A measurement near a cut may fall to either side, and its confidence says so: such are no promise.
    """
    pairs = ((name, seen, other.attributes()[name]) for name, seen in one.attributes().items())
    return [name for name, seen, again in pairs if seen.confidence >= 0.75 and again.value != seen.value]


def _overlap(one: Face, other: Face) -> float:
    return sum(min(share, other.faceshape[shape]) for shape, share in one.faceshape.items())


ALTERATIONS: dict[str, Callable[[Rgb], Rgb]] = {
    "a fifth lighter": lambda rgb: exposed(rgb, 1.2),
    "a fifth darker": lambda rgb: exposed(rgb, 0.8),
    "half the size": lambda rgb: scaled(rgb, 0.5),
    "turned by 30°": lambda rgb: rotated(rgb, 30),
    "turned by -30°": lambda rgb: rotated(rgb, -30),
    "in the mirror": lambda rgb: np.ascontiguousarray(rgb[:, ::-1]),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_the_face_stays_itself(name: str) -> None:
    """Given the same portrait altered, what it was sure of (but for one thing at most) and most of the face shape stay."""
    plain, altered = _face(astronaut()), _face(ALTERATIONS[name](astronaut()))

    assert len(_changed(plain, altered)) <= 1
    assert _overlap(plain, altered) >= 0.8


def test_compression_changes_nothing_that_matters() -> None:
    """A JPEG of quality 60 is the same face."""
    plain, compressed = _face(astronaut()), _face(astronaut(), "JPEG", quality=60)

    assert len(_changed(plain, compressed)) <= 1
    assert _overlap(plain, compressed) >= 0.9


def test_the_astronaut_is_seen_as_she_is() -> None:
    """What anybody sees on the portrait: a woman without a beard, light hair, light skin."""
    face = _face(astronaut())

    assert (face.gender.value, face.beard.value, face.mustache.value) == ("female", "no", "no")
    assert face.gender.confidence > 0.9
    assert face.hair.value in {"brown", "blonde", "unknown"}
    assert face.eyes_narrow.value == "no" or face.eyes_narrow.confidence < 0.8


def test_a_grey_photo_tells_no_colours() -> None:
    """Without colour, iris, hair and undertone are unknown, and the reason says why; the rest remains."""
    grey = np.asarray(Image.fromarray(astronaut()).convert("L"))

    face = _face(grey)

    for attribute in (face.eyes_iris, face.hair, face.skintone, face.paleskin):
        assert (attribute.value, attribute.reason) == ("unknown", "the photo has no colour")
    assert face.gender.value == "female"
    assert face.ratio.known


def test_only_race_is_not_measured() -> None:
    """On a good portrait every attribute is told but race, which never is, and says why."""
    face = _face(astronaut())

    assert [name for name, one in face.attributes().items() if not one.known] == ["race"]
    assert face.race.reason == "not measured; the depth of the skin is used instead"


def test_missing_and_damaged_weights_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its weights perception does not start and says which are missing; nor with changed ones."""
    models = tmp_path / "models"
    models.mkdir()
    for file in (ROOT / "models").glob("*.json"):
        (models / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("EXPERTGLASSES_MODELS_DIR", str(models))
    settings.cache_clear()
    try:
        with pytest.raises(ModelNotInstalledError, match="face-detection"):
            Perceiver()
        (models / "packaged").mkdir()
        for file in (ROOT / "models" / "packaged").iterdir():
            (models / "packaged" / file.name).write_bytes(file.read_bytes()[::-1])
        with pytest.raises(ModelDamagedError, match="face-detection"):
            Perceiver()
    finally:
        settings.cache_clear()


def _labelled(
    folder: Path, wanted: Callable[[dict[str, str]], bool], most: int
) -> list[tuple[dict[str, str], Face]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if wanted(row)]
    chosen = rows[:: max(1, len(rows) // most)][:most]
    return [(row, perceiver().perceive((folder / row["file"]).read_bytes())) for row in chosen]


def test_gender_agrees_with_the_laboratory(research: Path) -> None:
    """On 100 laboratory portraits at least 97 are told right."""
    folder = research / "data" / "faces" / "ccby_lab_faces"
    seen = _labelled(folder, lambda row: bool(row["gender"]), 100)

    assert sum(face.gender.value == row["gender"] for row, face in seen) >= 97


def test_iris_colour_agrees_with_the_laboratory(research: Path) -> None:
    """Of irises labelled surely brown or blue, nine in ten of those that are told are told right."""
    folder = research / "data" / "faces" / "ccby_lab_faces"
    seen = _labelled(
        folder, lambda r: r["eye_colour_sure"] == "1" and r["eye_colour"] in {"brown", "blue"}, 80
    )
    told = [(row["eye_colour"], face.eyes_iris.value) for row, face in seen if face.eyes_iris.known]

    assert len(told) >= 0.8 * len(seen)
    assert np.mean([label == value for label, value in told]) >= 0.9


def test_black_and_blond_hair_are_told_apart(research: Path) -> None:
    """Of people labelled black- or blond-haired, where a colour is told, the two are hardly ever swapped."""
    folder = research / "data" / "faces" / "celeba_haircolour_glasses"
    names = {"black": "black", "blond": "blonde"}
    seen = _labelled(folder, lambda row: row["hair_colour"] in names, 60)
    told = [(names[row["hair_colour"]], face.hair.value) for row, face in seen if face.hair.known]

    swapped = [one for one in told if set(one) == {"black", "blonde"}]
    assert len(told) >= 0.5 * len(seen)
    assert len(swapped) <= 0.1 * len(told)
