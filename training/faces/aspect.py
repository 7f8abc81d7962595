"""How wide the photos of `face_shape_niten` were before they were squeezed into squares.

The table tells it for 303 of 5,194 photos: 0.78 of the height with a deviation of 0.15, far more than faces differ in their own
proportions. For the others it is read from the photo by ridge regression on outlines and mesh, taught by photos of native aspect
that are squeezed here by known amounts. No label and no person has a part in it.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.faces.ridge import Design, fit, outputs
from training.judging import Array
from training.parallel import spread
from training.sights import ASPECT, USUAL_ASPECT, Row, load_photo, read_rows
from workers.perception.features import mesh_numbers
from workers.perception.look import Looker
from workers.perception.outlines import OutlineReader

# Photos of native aspect that teach how a squeezed face looks, every so many of a folder. Those whose shapes are judged are not
# among them.
_TEACHERS = {
    "celebahq_parsing": 1,
    "celeba_haircolour_glasses": 2,
    "utkface_sample": 3,
    "lfw_attributes": 2,
}
# How much they are squeezed: deviation and limits of the logarithm of the width seen by the true one.
_SQUEEZE, _LEAST, _MOST = 0.13, -0.45, 0.35
_SIDE = 224  # of the squares, pixels
_RIDGE = 0.3
# Deviation of what is read from what the table tells, logarithms, and how finely the table's own photos tell what is usual.
_NOISE, _WIDTH = 0.06, 0.04
_GRID = np.linspace(-0.95, 0.45, 561)
_BLOCKS = ("outline", "mesh")
Seen = dict[str, NDArray[np.float32]]
# A photo of a folder, and by how much it is to be squeezed; None leaves it at the usual aspect of its folder.
Task = tuple[Path, Row, float | None]


def native(folder: Path, into: Path, jobs: int = 1) -> list[Row]:
    """The rows of the folder, the aspect of every photo filled in; found once and kept as `into/aspects.npy`.

    Photos without a face keep the usual aspect.
    """
    rows, file = read_rows(folder), into / "aspects.npy"
    if not file.exists():
        np.save(file, _found(folder, rows, jobs))
    return [{**row, ASPECT: f"{aspect:.4f}"} for row, aspect in zip(rows, np.load(file), strict=True)]


def _found(folder: Path, rows: list[Row], jobs: int) -> Array:
    lessons = _lessons(folder.parent)
    seen = _look([*lessons, *((folder, {**row, ASPECT: ""}, None) for row in rows)], jobs)
    taught = [(one, task[2]) for one, task in zip(seen, lessons, strict=False) if one]
    asked = {number: one for number, one in enumerate(seen[len(lessons) :]) if one}
    read = np.zeros(len(rows))
    read[list(asked)] = _read(
        [one for one, _ in taught], np.array([amount for _, amount in taught]), list(asked.values())
    )
    known = np.array([float(row[ASPECT] or "nan") for row in rows])
    told = ~np.isnan(known)
    true = np.log(USUAL_ASPECT / known[told])
    likely = expected(read, true)
    for name, found in (
        ("0.75 for all", np.zeros(len(true))),
        ("read", read[told]),
        ("expected", likely[told]),
    ):
        away = np.abs(found - true)
        print(
            f"· aspect, {name}: median error {np.median(away):.3f}, root mean square {np.sqrt((away**2).mean()):.3f}"
        )
    return np.where(told, known, USUAL_ASPECT * np.exp(-likely))


def expected(read: Array, usual: Array) -> Array:
    """The likeliest mean squeeze of each photo, given what was read and what is usual (Bayes' rule on a grid), logarithms."""
    prior = np.exp(-0.5 * ((_GRID[:, np.newaxis] - usual) / _WIDTH) ** 2).sum(axis=1) + 0.02 * len(
        usual
    ) / len(_GRID)
    shares = prior * np.exp(-0.5 * ((_GRID - read[:, np.newaxis]) / _NOISE) ** 2)
    return np.asarray(shares @ _GRID / shares.sum(axis=1))


def _lessons(data: Path) -> list[Task]:
    rng = np.random.default_rng(1)
    rows = [
        (data / name, row)
        for name, step in _TEACHERS.items()
        if (data / name).is_dir()
        for row in read_rows(data / name)[::step]
    ]
    amounts = np.clip(rng.normal(0, _SQUEEZE, len(rows)), _LEAST, _MOST)
    return [(*row, float(amount)) for row, amount in zip(rows, amounts, strict=True)]


def _read(taught: list[Seen], amounts: Array, asked: list[Seen]) -> Array:
    """What ridge regression says of the faces asked about; outlines and mesh count alike."""
    gram = np.zeros((len(taught) + len(asked),) * 2)
    for name in _BLOCKS:
        table = np.array([one[name] for one in (*taught, *asked)], np.float32)
        known = table[: len(taught)]
        spread = known.std(axis=0) + 1e-3 * known.std() + 1e-6
        table = (table - known.mean(axis=0)) / (spread * np.sqrt(table.shape[1]))
        gram += table @ table.T
    usable = np.arange(len(gram)) < len(taught)
    targets = np.zeros((len(gram), 1))
    targets[usable, 0] = amounts
    design = Design(targets, np.ones(len(gram)), np.zeros((0, 2), np.int64), 0.0, _RIDGE)
    return outputs(gram, fit(gram, design, usable), ~usable)[:, 0]


@cache
def _readers() -> tuple[Looker, OutlineReader]:
    return Looker(), OutlineReader()


def _seen(task: Task) -> Seen | None:
    """Outlines and mesh of one photo; None where it shows no face."""
    cv2.setNumThreads(1)
    folder, row, amount = task
    looker, reader = _readers()
    rgb = load_photo(folder, row)
    if rgb is not None and amount is not None:
        height = _SIDE * rgb.shape[0] / rgb.shape[1] / np.exp(amount)
        rgb = cv2.resize(rgb, (_SIDE, round(height))).astype(np.uint8, copy=False)
    meshes = [] if rgb is None else looker.faces(rgb)
    if rgb is None or not meshes:
        return None
    sight = looker.look(rgb, meshes[0])
    return {"outline": reader.read(sight.head.rgb).row.mean(axis=0), "mesh": mesh_numbers(sight)}


def _look(tasks: list[Task], jobs: int) -> list[Seen | None]:
    found: list[Seen | None] = []
    for one in spread(_seen, tasks, jobs):
        found.append(one)
        if len(found) % 1000 == 0 or len(found) == len(tasks):
            print(f"· aspect: {len(found)} of {len(tasks)} photos", flush=True)
    return found
