"""What photos are brought to before they teach: their native aspect, and who is on them."""

import csv
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perception_photos import astronaut

from training.faces import aspect, gender
from training.faces.ridge import Design, fit, outputs
from training.sights import ASPECT

USUAL = np.log(0.75 / np.array([0.7, 0.72, 0.75, 0.75, 0.76, 0.8, 1.0]))


@given(read=st.floats(-0.6, 0.35))
def test_a_squeeze_is_drawn_to_what_is_usual_and_no_further(read: float) -> None:
    """What is likely lies between what was read and what is usual; more read is never less likely."""
    one, more = aspect.expected(np.array([read, read + 0.02]), USUAL)

    assert min(read, USUAL.min()) - 0.05 < one < max(read, USUAL.max()) + 0.05
    assert more >= one - 1e-9


def _write(folder: Path, rows: list[dict[str, str]], pictures: list[Any]) -> None:
    (folder / "images").mkdir(parents=True)
    for row, picture in zip(rows, pictures, strict=True):
        assert cv2.imwrite(str(folder / row["file"]), picture[:, :, ::-1])
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def test_a_face_tells_how_its_photo_was_squeezed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given photos of native aspect / When some are squeezed into squares / Then their aspect is read again, and kept."""
    rgb = astronaut()
    cuts = [
        rgb[top : top + 600, left : left + side]
        for top in (40, 90)
        for left in (180, 220)
        for side in (500, 540, 580)
    ]
    _write(tmp_path / "celebahq_parsing", [{"file": f"images/{n}.png"} for n in range(len(cuts))], cuts)
    true = {20: (0.62, 0.7, 0.82, 1.0), 30: (0.7, 0.82)}
    squares = [
        cv2.resize(rgb[top : top + round(500 / one), 230:730], (224, 224))
        for top, all_ in true.items()
        for one in all_
    ]
    told = [*map(str, true[20]), "", ""]
    rows = [{"file": f"images/{n}.png", ASPECT: one} for n, one in enumerate(told)]
    _write(tmp_path / "face_shape_niten", rows, squares)

    found = aspect.native(tmp_path / "face_shape_niten", tmp_path)

    *known, one, other = [float(row[ASPECT]) for row in found]
    assert tuple(known) == true[20]
    assert (one, other) == pytest.approx(true[30], rel=0.08)
    assert "aspect, read" in capsys.readouterr().out
    assert aspect.native(tmp_path / "face_shape_niten", tmp_path) == found


def test_photos_without_a_weight_teach_by_their_pairs_alone() -> None:
    """Their targets are never asked, but what tells two of one person apart counts less."""
    rng = np.random.default_rng(6)
    table = rng.normal(size=(60, 4))
    table[40:, 3] += np.tile([6.0, -6.0], 10)  # the last number tells two photos of one person apart
    targets = table @ np.array([[1.0], [1.0], [0.0], [1.0]])
    targets[40:] = 1e6
    weights = np.repeat([1.0, 0.0], [40, 20])
    pairs = np.arange(40, 60).reshape(-1, 2)
    gram, everyone = table @ table.T, np.ones(60, dtype=bool)

    apart = [
        np.abs(
            np.diff(
                outputs(
                    gram, fit(gram, Design(targets, weights, pairs, pull, 0.1), everyone), pairs.ravel()
                ).reshape(-1, 2)
            )
        ).mean()
        for pull in (0.0, 10.0)
    ]

    assert 5 < apart[0] < 100
    assert apart[1] < 0.1 * apart[0]


class _Folder:
    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Any:
        return np.array([row[name] for row in self.rows])

    def numbers(self, name: str) -> Any:
        return self.column(name).astype(float)

    def part(self, _: str) -> Any:
        return np.linspace(0, 1, len(self.rows))


def _folders() -> dict[str, Any]:
    return {
        gender.NITEN: _Folder(
            [{"part": part, "person": f"n{n // 2}"} for n, part in enumerate(["men"] * 6 + ["women"] * 2)]
        ),
        gender.LFW: _Folder(
            [
                {"Male": score, "df_gender": other, "person": person}
                for score, other, person in (
                    ("0.9", "Man", "l1"),
                    ("0.2", "Woman", "l2"),
                    ("0.9", "Woman", "l2"),
                    ("0.1", "Woman", "l2"),
                    ("0.95", "Woman", "l3"),
                )
            ]
        ),
        gender.UTK: _Folder(
            [
                {"gender": one, "age": age, "race": "black", "file": f"{age}.jpg"}
                for one, age in (("male", "40"), ("female", "7"), ("female", "30"))
            ]
        ),
        gender.LAB: _Folder(
            [
                {"gender": "female", "age": "NA", "ethnicity": "white", "file": "images/london_001_03.jpg"},
                {
                    "gender": "female",
                    "age": "NA",
                    "ethnicity": "white",
                    "file": "images/londonsmile_001_08.jpg",
                },
                {"gender": "male", "age": "24", "ethnicity": "white", "file": "images/canada_003f.jpg"},
            ]
        ),
    }


def test_women_and_men_of_every_folder_count_alike() -> None:
    """And a person whom two models disagree about teaches nothing; what is said of most photos is said of all."""
    photos = gender.Photos(cast("Any", _folders()))

    design = photos.design()

    for name, share in gender.FOLDERS.items():
        own = photos.folder == name
        women, men = (design.weights[own & (photos.gender == one)].sum() for one in (-1, 1))
        assert women == pytest.approx(men)
        assert women + men == pytest.approx(share * own.sum())
    assert (design.weights == 0).sum() == (photos.gender == 0).sum() == 1
    assert photos.gender[photos.folder == gender.LFW].tolist() == [1, -1, -1, -1, 0]
    assert photos.people[-3] == photos.people[-2] != photos.people[-1]
    assert photos.adult.sum() == len(photos.adult) - 1


def test_the_head_counts_as_far_as_it_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    """A head that is always right outweighs a network that guesses, and the table says how often both are."""
    photos = gender.Photos(cast("Any", _folders()))
    photos.network = np.resize([1.0, -1.0], len(photos.gender))

    network, head, offset = line = gender.line(photos, photos.gender)
    gender.report(photos, photos.gender, line)

    assert head > 3 * abs(network)
    assert abs(offset) < head
    assert "1.0" in capsys.readouterr().out
