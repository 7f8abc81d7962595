"""The command-line filter and the shape of what it writes."""

import json
from pathlib import Path

import pytest
from perception_photos import astronaut, encoded, perceiver, scaled

from shared.contracts import ATTRIBUTE_VALUES, FACE_SHAPES, Face
from shared.errors import InvalidRequestError, NoFaceError, UnsupportedMediaError
from workers.perception import Perceiver, perceive_line


@pytest.fixture(scope="module")
def eyes() -> Perceiver:
    """The perceiver all tests share."""
    return perceiver()


def _file(folder: Path, data: bytes) -> dict[str, str]:
    file = folder / "photo.jpg"
    file.write_bytes(data)
    return {"photo": str(file)}


def test_a_photo_becomes_a_face_and_other_keys_stay(eyes: Perceiver, tmp_path: Path) -> None:
    """The line comes back with the face added; every attribute has a legal value or a reason."""
    line = {**_file(tmp_path, encoded(astronaut(), "JPEG")), "id": 7}

    answer = json.loads(json.dumps(perceive_line(line, eyes)))

    assert (answer["photo"], answer["id"]) == (line["photo"], 7)
    face = answer["face"]
    assert set(face["faceshape"]) == set(FACE_SHAPES)
    for name, values in ATTRIBUTE_VALUES.items():
        attribute = face[name]
        if attribute["value"] == "unknown":
            assert attribute["confidence"] == 0
            assert attribute["reason"], name
        else:
            assert attribute["value"] in values, name
            assert 0 < attribute["confidence"] <= 1
            assert attribute["evidence"] in {"model", "geometry", "colour"}
            assert set(attribute["probabilities"]) <= set(values), name
            assert sum(attribute["probabilities"].values()) == pytest.approx(1, abs=1e-3), name
            assert attribute["probabilities"][attribute["value"]] == attribute["confidence"], name


def test_the_face_reads_back_as_it_was_written(eyes: Perceiver, tmp_path: Path) -> None:
    """What the filter writes is what the next filter understands."""
    face = perceive_line(_file(tmp_path, encoded(astronaut(), "JPEG")), eyes)["face"]

    assert Face.model_validate(face).model_dump(mode="json") == face


def test_every_model_that_took_part_is_named(eyes: Perceiver, tmp_path: Path) -> None:
    """A face tells the versions of the models behind it."""
    face = perceive_line(_file(tmp_path, encoded(astronaut(), "JPEG")), eyes)["face"]

    assert face["models"] == eyes.versions
    assert {"face-detection", "face-mesh", "gender", "faceshape-geometry"} <= set(eyes.versions)


def test_bad_lines_are_told_in_a_sentence(eyes: Perceiver, tmp_path: Path) -> None:
    """No key, no file, a folder, a text named .jpg: each its own clear error."""
    for line, error, words in (
        ({}, InvalidRequestError, '"photo"'),
        ({"photo": 5}, InvalidRequestError, '"photo"'),
        ({"photo": str(tmp_path / "none.jpg")}, InvalidRequestError, "no such file"),
        ({"photo": str(tmp_path)}, InvalidRequestError, "directory"),
        ({"photo": "a\0b"}, InvalidRequestError, "cannot be read"),
        (_file(tmp_path, b"not a photo"), UnsupportedMediaError, "JPEG, PNG or WebP"),
    ):
        with pytest.raises(error, match=words):
            perceive_line(line, eyes)


def test_places_are_told_in_the_photo_as_it_was_sent(eyes: Perceiver, tmp_path: Path) -> None:
    """A photo too large to be worked on as it is: the box is in its own pixels, the fractions are the same."""
    small = eyes.perceive(encoded(astronaut()))
    large = eyes.perceive(encoded(scaled(astronaut(), 2.5)))

    assert small.box is not None
    assert large.box is not None
    assert large.image_width == 2400
    assert large.box.width == pytest.approx(2.5 * small.box.width, rel=0.03)
    assert large.landmarks is not None
    assert small.landmarks is not None
    assert large.landmarks[4][:2] == pytest.approx(small.landmarks[4][:2], abs=0.01)


def test_a_wall_raises_for_the_filter_to_report(eyes: Perceiver, tmp_path: Path) -> None:
    """The filter does not invent a face: the error is left to the command line, which goes on."""
    wall = scaled(astronaut()[:60, :60].copy(), 5)

    with pytest.raises(NoFaceError):
        perceive_line(_file(tmp_path, encoded(wall)), eyes)
