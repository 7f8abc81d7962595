"""Looking at labelled photos: the same eyes as in the worker, over a folder of the research data."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from workers.perception.look import Looker
from workers.perception.photo import Pixels
from workers.perception.sight import Sight

Row = dict[str, str]

# The photos of this set were squeezed into squares; where the table does not tell how wide they were (by their height), this
# is usual. `training/faces/aspect.py` reads it from the photo.
SQUEEZED = "face_shape_niten"
ASPECT, USUAL_ASPECT = "native_aspect_w_over_h", 0.75


def read_rows(folder: Path) -> list[Row]:
    """The rows of `labels.csv`."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sights(folder: Path, looker: Looker, rows: list[Row]) -> Iterator[tuple[Row, Sight]]:
    """Each row with what was seen on its photo; photos without a face are left out."""
    for done, row in enumerate(rows, start=1):
        rgb = load_photo(folder, row)
        meshes = [] if rgb is None else looker.faces(rgb)
        if rgb is not None and meshes:
            yield row, looker.look(rgb, meshes[0])
        if done % 500 == 0 or done == len(rows):
            print(f"· {folder.name}: {done} of {len(rows)} photos", file=sys.stderr)


def load_photo(folder: Path, row: Row) -> Pixels | None:
    """The photo of a row, RGB, at its native aspect as far as the table tells; None where it cannot be read."""
    bgr = cv2.imread(str(folder / row["file"]))
    if bgr is None:
        return None
    if folder.name == SQUEEZED:
        aspect = float(row[ASPECT] or USUAL_ASPECT)
        bgr = cv2.resize(bgr, None, fx=1.0, fy=1 / aspect, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(bgr[:, :, ::-1]).astype(np.uint8, copy=False)
