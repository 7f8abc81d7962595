"""Masks of a head: what teaches them, and that the recipe learns and goes on where it stopped."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from perception_photos import astronaut, scaled

from training.faces import masks, parsing, teacher
from training.faces.overlap import overlaps
from workers.perception.crop import head_crop
from workers.perception.look import Looker
from workers.perception.outlines import OutlineReader
from workers.perception.regions import SIZE as REGIONS_SIZE
from workers.perception.regions import Region, network_input


def _few_heads() -> masks.Heads:
    rgb = scaled(astronaut(), 0.5)
    mesh = Looker().faces(rgb)[0]
    crop = head_crop(rgb, mesh)
    regions = np.zeros(crop.rgb.shape[:2], np.uint8)
    regions[crop.outline(crop.points[:100])] = Region.SKIN
    lids = np.array([crop.points[:16], crop.points[16:32]])
    repeated = (np.repeat(part[np.newaxis], 12, axis=0) for part in (crop.rgb, regions, crop.points, lids))
    return masks.Heads(*repeated)


def test_parsing_trains_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Two epochs in one run, and one epoch stopped and gone on with, have seen as much: a line each in the history.

    What is served of it finds a region's share at every pixel, and the shares of a pixel sum to 1.
    """
    heads = _few_heads()
    lessons = masks.Lessons(heads, heads.take(np.arange(12) < 3))
    judged = heads.take(np.arange(12) < 1)

    parsing.train(lessons, judged, tmp_path, 1, width=0.25)
    model = parsing.train(lessons, judged, tmp_path, 2, width=0.25)

    history = json.loads((tmp_path / "history.json").read_text())
    assert [sorted(line) for line in history] == [["loss", "overlaps"]] * 2
    shares = parsing.served(model).predict(list(masks.plain(judged, OutlineReader())), verbose=0)["shares"]
    assert shares.shape == (1, REGIONS_SIZE, REGIONS_SIZE, len(Region))
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-4)


def test_what_the_teacher_is_not_sure_of_teaches_nothing() -> None:
    """However wrong the network is where the map is unsure, the loss is the same; elsewhere it is not."""
    truth = np.full((1, 8, 8), Region.SKIN, np.uint8)
    truth[0, :4] = teacher.UNSURE
    right = np.zeros((1, 8, 8, len(Region)), np.float32)
    right[..., Region.SKIN] = 5
    losses = []
    for rows in (slice(0, 0), slice(0, 4), slice(4, 8)):
        logits = right.copy()
        logits[0, rows] = 0
        logits[0, rows, :, Region.HAT] = 9
        losses.append(float(parsing.loss(truth, logits)))

    assert losses[1] == pytest.approx(losses[0])
    assert losses[2] > losses[0] + 1


def test_the_teacher_says_where_it_is_sure() -> None:
    """A likely class becomes its region; where two are as likely, and at and around lips, the pixel is unsure."""
    shares = np.full((19, 1, 9), 0.01, np.float32)
    shares[17, 0, 2:] = 0.9
    shares[[1, 17], 0, 1] = 0.45
    shares[:, 0, 8] = 0.01
    shares[12, 0, 8] = 0.9

    hair, unsure = int(Region.HAIR), teacher.UNSURE
    assert teacher.sure_regions(shares)[0, 1:].tolist() == [unsure, hair, hair, hair, *[unsure] * 4]


def test_the_teacher_teaches_rare_heads_and_some_others(tmp_path: Path) -> None:
    """All three with glasses or a bald head are among the chosen; only what is chosen gets a map."""
    columns = {"eyeglasses": ["1", "1", *["0"] * 298], "hair_colour": ["bald", *["brown"] * 298, "bald"]}
    kept = type("Folder", (), {"__len__": lambda _: 300, "column": lambda _, name: np.array(columns[name])})()
    chosen = teacher.rare_and_some(cast("Any", kept), {"eyeglasses": 9, "hair_colour": 9})
    assert {0, 1, 299} <= set(chosen.tolist())
    assert 200 <= len(chosen) <= 203

    np.save(tmp_path / "crop.npy", np.zeros((3, 8, 8, 3), np.uint8))
    likely = np.zeros((19, 8, 8), np.float32)
    likely[1] = 0.9
    teacher.teach(tmp_path, np.array([1]), lambda _: likely)

    maps = np.load(tmp_path / f"{teacher.TAUGHT}.npy")
    assert (maps[1] == Region.SKIN).all()
    assert (maps[[0, 2]] == teacher.UNSURE).all()


def test_pictures_of_a_judged_head_do_not_teach(tmp_path: Path) -> None:
    """Of two heads with the teacher's masks, the one that is a darker picture of a judged head is left out."""
    heads = _few_heads().take(np.arange(12) < 1)
    other = np.ascontiguousarray(heads.rgb[0, ::-1])
    parts = {
        teacher.TAUGHT: np.repeat(heads.regions, 2, axis=0),
        "crop": np.array([(heads.rgb[0] * 0.7).astype(np.uint8), other]),
    }
    seen = SimpleNamespace(head=SimpleNamespace(points=heads.mesh[0]), lids=heads.lids[0])
    kept = SimpleNamespace(part=parts.__getitem__, sight=lambda _: seen)

    found = masks.taught(cast("Any", kept), heads)

    assert len(found.rgb) == 1
    assert (found.rgb[0] == other).all()


def test_a_head_in_the_mirror_is_cut_the_same() -> None:
    """Mirrored twice, a head is itself; the mesh mirrors with its picture."""
    heads = _few_heads().take(np.arange(12) < 1)
    mirrored = heads.mirrored()

    again = mirrored.mirrored()
    np.testing.assert_array_equal(again.rgb, heads.rgb)
    np.testing.assert_allclose(again.mesh, heads.mesh)
    guides = network_input(mirrored.rgb[0], mirrored.mesh[0], (mirrored.lids[0, 0], mirrored.lids[0, 1]))
    plain = network_input(heads.rgb[0], heads.mesh[0], (heads.lids[0, 0], heads.lids[0, 1]))
    assert np.abs(guides - plain[:, ::-1]).mean() < 0.01


def test_overlap_is_one_where_all_is_right_and_none_where_nothing_is() -> None:
    """Intersection over union of a map with itself is 1; of two that never agree, 0; of what is nowhere, nothing."""
    truth = np.full((1, 4, 4), Region.HAIR, np.uint8)

    assert overlaps(truth, truth)["hair"] == 1.0
    assert overlaps(np.full_like(truth, Region.SKIN), truth)["hair"] == 0.0
    assert np.isnan(overlaps(truth, truth)["glasses"])
