"""Train the heads that read a face from frozen features: `expertglasses train heads --data FOLDER`.

Closed form and seeded: the same photos give the same weights. Every figure is of people whose photos the fit did
not see (five folds by person).
"""

import argparse
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shared.settings import settings
from training.faces import calibrate, colours, gender, measured, people, shapes
from training.faces.covered import covered
from training.faces.gather import gather_all
from training.faces.identities import identities
from training.faces.kept import Kept
from training.faces.ridge import Design, Fit, Table, fit, held_out, pairs_of
from training.faces.table import (
    GENDER_SHARES,
    HAIR_SHARES,
    SHAPE_SHARES,
    SHARES,
    Standard,
    joined,
    standard,
)
from training.judging import Array
from training.publish import publish

LFW, CELEBA, NITEN = gender.LFW, "celeba_haircolour_glasses", gender.NITEN
# What the fits without a person say of their photos: logits of LFW's people by head; by folder, probabilities of five shapes.
_HELD_OUT = "held-out-{}.npz"
HELD_OUT_SHAPES = {NITEN: "held-out-shape.npy", LFW: "held-out-shape-lfw.npy"}
_RIDGE, _RIDGE_HAIR, _RIDGE_SHAPE = 1.0, 0.5, 7.5
# Scores are one model's opinion and hardly noisy: their heads may be held less. What lasts should be told alike on the next photo.
_RIDGE_PASSING, _PULL_PASSING = 0.4, 0.2
_RIDGE_LASTING, _PULL_LASTING = 1.0, 4.0
_RIDGE_OWN, _PULL_OWN = 3.0, 4.0


class Heads(NamedTuple):
    """Heads of one fit: `features @ weights + bias + lean * male` is a logit."""

    names: list[str]
    weights: Array
    bias: Array
    lean: Array


class Study:
    """The folders that teach.

    Args:
        data: The folder of labelled folders.
        work: Where what is seen on the photos is kept.
    """

    def __init__(self, data: Path, work: Path) -> None:
        self.work = work
        self.kept = {name: Kept(work / "kept", data, name) for name in (CELEBA, *gender.FOLDERS)}

    def table(self, *names: str, shares: dict[str, float] = SHARES) -> tuple[Table, Standard]:
        """The photos of some folders, brought to the standard of these with the given share of each block.

        One standard for all folders was tried: it cost up to four points of area under the curve, as what is
        rare in one folder is common in another.
        """
        blocks = [self.kept[name].features() for name in names]
        given = standard(blocks, shares)
        return np.concatenate([given.apply(joined(one)) for one in blocks]), given


def _keep(study: Study, group: str, names: Iterable[str], logits: Array) -> None:
    """Keep what fits of a group that did not see a person say of LFW's photos, n × heads."""
    np.savez(
        study.work / _HELD_OUT.format(group), allow_pickle=False, **dict(zip(names, logits.T, strict=True))
    )


def people_heads(study: Study) -> Heads:
    """The traits that LFW scores."""
    faces = study.kept[LFW]
    rows, given = study.table(LFW)
    lessons = people.lessons(faces)
    persons = faces.column("person").tolist()
    pairs = pairs_of(persons)
    everyone = np.ones(len(rows), dtype=bool)
    gram = rows @ rows.T
    targets = np.column_stack([one.target for one in lessons.values()])
    passing = np.array([people.TRAITS[name].passing for name in lessons])
    found, alpha, bias = np.zeros_like(targets), np.zeros_like(targets), np.zeros(len(lessons))
    for part, pull, ridge in (
        (passing, _PULL_PASSING, _RIDGE_PASSING),
        (~passing, _PULL_LASTING, _RIDGE_LASTING),
    ):
        design = Design(targets[:, part], np.ones(len(rows)), pairs, pull, ridge)
        found[:, part] = held_out(gram, design, persons)
        alpha[:, part], bias[part] = fit(gram, design, everyone)
    people.report(faces, lessons, found)
    male = np.array(faces.part("male"), np.float64)
    slope, lean, offset = np.array(people.lines(found, lessons, male, pairs)).T
    _keep(study, "people", lessons, slope * found + np.outer(male, lean) + offset)
    return _heads(list(lessons), rows, given, Fit(alpha, bias), (slope, offset))._replace(lean=lean)


def own_heads(study: Study) -> Heads:
    """The person's own measures, in the units of the measurement."""
    faces = study.kept[LFW]
    rows, given = study.table(LFW, shares=SHAPE_SHARES)
    columns, persons = measured.measured(faces), faces.column("person").tolist()
    pairs = pairs_of(persons)
    targets = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    design = Design(targets, np.ones(len(rows)), pairs, _PULL_OWN, _RIDGE_OWN)
    gram = rows @ rows.T
    found = held_out(gram, design, persons)
    slope, offset = measured.lines(found, columns, pairs)
    own = slope * found + offset
    measured.report(own, columns, pairs)
    names = [f"own:{name}" for name in measured.MEASURES]
    _keep(study, "own", names, own)
    fitted = fit(gram, design, np.ones(len(rows), dtype=bool))
    return _heads(names, rows, given, fitted, (slope, offset))


def hair_heads(study: Study) -> Heads:
    """Hair in five classes: people's labels, and where a score is clear, LFW's."""
    rows, given = study.table(CELEBA, LFW, shares=HAIR_SHARES)
    design, labels, persons = colours.hair_design(study.kept[CELEBA], study.kept[LFW], _RIDGE_HAIR)
    gram = rows @ rows.T
    found = held_out(gram, design, persons)
    own = np.flatnonzero(labels >= 0)
    balanced = 1 / np.bincount(labels[own])[labels[own]]
    slope, offsets = calibrate.softmax(found[own], labels[own], balanced)
    colours.report_hair(calibrate.shares(slope * found[own] + offsets), labels[own])
    names = [f"hair:{name}" for name in colours.HAIR]
    _keep(study, "hair", names, slope * found[-len(study.kept[LFW]) :] + offsets)
    everyone = np.ones(len(rows), dtype=bool)
    return _heads(names, rows, given, fit(gram, design, everyone), (np.full(5, slope), offsets))


def glasses_heads(study: Study) -> Heads:
    """Glasses worn, and what hides a face: dark lenses, a mask or a hand."""
    blocks, eyes, numbers = covered(study.kept[LFW], study.work / "covered-lfw.npz")
    lfw, celeba = study.kept[LFW], study.kept[CELEBA]
    rows, given = study.table(CELEBA, LFW)
    rows = np.concatenate([rows, given.apply(joined(blocks))])
    design, truths, persons = colours.glasses_design(celeba, lfw, eyes, numbers, _RIDGE)
    gram = rows @ rows.T
    taught = design.weights > 0
    found = held_out(gram, design, persons, taught)
    lines = colours.report_glasses(found, truths, len(celeba))
    return _heads(list(truths), rows, given, fit(gram, design, taught), (lines[:, 0], lines[:, 1]))


def shape_heads(study: Study) -> Heads:
    """Five face shapes."""
    niten, lfw = study.kept[NITEN], study.kept[LFW]
    usable = np.concatenate([niten.column("near_evaluation_photo") != "1", np.ones(len(lfw), dtype=bool)])
    rows, given = study.table(NITEN, LFW, shares=SHAPE_SHARES)
    design, labels = shapes.design(niten, lfw, _RIDGE_SHAPE)
    gram = rows @ rows.T
    found = held_out(gram, design, identities(niten, lfw), usable)
    told = np.flatnonzero(usable[: len(niten)])
    slope, offsets = calibrate.softmax(found[told], labels[told], design.weights[told])
    shares = calibrate.shares(slope * found + offsets)
    for name, part in ((NITEN, shares[: len(niten)]), (LFW, shares[len(niten) :])):
        np.save(study.work / HELD_OUT_SHAPES[name], part)
    shapes.report("face_shape_niten, people held out", shares[told], labels[told])
    names = [f"shape:{name}" for name in shapes.SHAPES]
    return _heads(names, rows, given, fit(gram, design, usable), (np.full(len(names), slope), offsets))


def held_out_shapes(study: Study, name: str) -> Array:
    """N × 5, the shapes of the people of a folder by fits that did not see them; fitted where that was not done yet."""
    file = study.work / HELD_OUT_SHAPES[name]
    if not file.exists():
        shape_heads(study)
    return np.asarray(np.load(file))


def gender_heads(study: Study) -> Heads:
    """Male; a part of the log odds, which the packaged network completes (`attributes.NETWORK_COUNTS`)."""
    photos = gender.Photos(study.kept)
    rows, given = study.table(*gender.FOLDERS, shares=GENDER_SHARES)
    gram = rows @ rows.T
    design = photos.design()
    taught = design.weights > 0
    found = held_out(gram, design, photos.people, taught)[:, 0]
    line = gender.line(photos, found)
    gender.report(photos, found, line)
    _, slope, offset = line
    _keep(study, "gender", ["male"], slope * found[photos.folder == LFW, np.newaxis] + offset)
    return _heads(["male"], rows, given, fit(gram, design, taught), (np.array([slope]), np.array([offset])))


def _heads(names: list[str], rows: Table, given: Standard, fitted: Fit, line: tuple[Array, Array]) -> Heads:
    """What the standard does to features, and the line of calibration, are folded into the weights."""
    slope, offset = line
    weights = (rows.T @ fitted.alpha.astype(np.float32)).astype(np.float64)
    weights *= given.scale[:, np.newaxis].astype(np.float64) * slope
    bias = slope * fitted.bias + offset - given.mean.astype(np.float64) @ weights
    return Heads(names, weights, bias, np.zeros(len(names)))


FITS = (people_heads, own_heads, gender_heads, hair_heads, glasses_heads, shape_heads)
_GROUPS = {"people": people_heads, "own": own_heads, "hair": hair_heads, "gender": gender_heads}


def held_out_logits(study: Study, *groups: str) -> dict[str, Array]:
    """By head, the logits of LFW's photos by fits that did not see the person; fitted where that was not done yet."""
    found: dict[str, Array] = {}
    for group in groups or _GROUPS:
        file = study.work / _HELD_OUT.format(group)
        if not file.exists():
            _GROUPS[group](study)
        with np.load(file) as held:
            found |= {name: held[name] for name in held}
    return found


def packed(heads: Iterable[Heads]) -> bytes:
    """The file of weights, each head scaled to 16 bits."""
    parts = list(heads)
    weights = np.concatenate([one.weights for one in parts], axis=1)
    scale = np.abs(weights).max(axis=0)
    file = io.BytesIO()
    np.savez(
        file,
        allow_pickle=False,
        names=np.array([name for one in parts for name in one.names]),
        weights=(weights / scale).astype(np.float16),
        scale=scale,
        bias=np.concatenate([one.bias for one in parts]),
        lean=np.concatenate([one.lean for one in parts]),
    )
    return file.getvalue()


def train(data: Path, work: Path, models: Path) -> None:
    """Look at the photos, fit, judge and publish `face-heads`."""
    gather_all(data, work / "kept")
    study = Study(data, work)
    made = [fit_heads(study) for fit_heads in FITS]
    entry = {
        "name": "face-heads",
        "version": "4",
        "file": "face-heads.npz",
        "licence": "MIT; taught by labels for research, and shapes under CC BY 4.0",
        "purpose": "Reads attributes and face shape from the features of a face.",
        "card": "face-heads.md",
    }
    publish(models, entry, packed(made))


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled folders")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    given = parser.parse_args(argv)
    train(given.data, given.work, given.models)


if __name__ == "__main__":
    main()
