"""Look at every research photo once and keep what later recipes need: cuts, meshes, eyes.

Detection and mesh cost ten times as much as all heads together, so they run once a photo. The cuts are those of
the worker (`Sight.head`, `Sight.eye_patches`); what is trained on them sees what the worker will see.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from training.faces.aspect import native
from training.parallel import spread
from training.sights import SQUEEZED, Row, load_photo, read_rows
from workers.perception.crop import SIZE, head_window
from workers.perception.look import Looker
from workers.perception.quality import measure_quality

# The folders of `faces/` that recipes use, smallest first: a mistake shows early.
FOLDERS = (
    "ccby_lab_faces",
    "face_shape_dsmlr",
    "celebahq_parsing",
    "celeba_haircolour_glasses",
    "utkface_sample",
    "lfw_attributes",
    "face_shape_niten",
)
Record = dict[str, Any]
# Of irises too small or covered.
_NONE = np.full(3, np.nan, np.float32)


@cache
def _looker() -> Looker:
    return Looker()


def record(folder: Path, row: Row) -> Record | None:
    """What is kept of one photo; None where it cannot be read or shows no face."""
    rgb = load_photo(folder, row)
    meshes = [] if rgb is None else _looker().faces(rgb)
    if rgb is None or not meshes:
        return None
    sight = _looker().look(rgb, meshes[0])
    quality = measure_quality(sight)
    kept: Record = {
        "crop": sight.head.rgb,
        "inside": np.packbits(sight.head.inside),
        "mesh": sight.mesh.points.astype(np.float32),
        "mesh_score": np.float32(sight.mesh.score),
        "eyes": np.array([[*eye.centre, eye.radius] for eye in sight.eyes], np.float32),
        "lids": np.array([np.vstack([eye.lower, eye.upper]) for eye in sight.eyes], np.float32),
        "eye_patches": np.array(sight.eye_patches),
        "male": np.float32(sight.male),
        "iris": _NONE if sight.iris is None else sight.iris.astype(np.float32),
        "quality": np.array([quality.sharpness, quality.highlights, quality.burnt], np.float32),
    }
    if "mask" in row:
        mask = cv2.imread(str(folder / row["mask"]), cv2.IMREAD_GRAYSCALE)
        assert mask is not None, f"{row['mask']} is no picture"
        kept["mask"] = head_window(sight.mesh).cut_labels(mask.astype(np.uint8), SIZE)
    return kept


def _record_of(task: tuple[Path, Row]) -> Record | None:
    cv2.setNumThreads(1)
    return record(*task)


def gather(folder: Path, into: Path, jobs: int = 1) -> Path:
    """Keep all photos of one folder in `into/NAME/*.npy`, a row a photo; done already, it is left alone.

    `row.npy` holds the number of the photo's row in `labels.csv`. Photos that were squeezed into squares are first given the
    aspect they had.
    """
    target = into / folder.name
    if all((target / f"{name}.npy").exists() for name in ("row", "iris")):  # irises came later
        return target
    target.mkdir(parents=True, exist_ok=True)
    rows = native(folder, into, jobs) if folder.name == SQUEEZED else read_rows(folder)
    kept: dict[str, list[Any]] = {"row": []}
    for number, found in enumerate(spread(_record_of, [(folder, row) for row in rows], jobs)):
        if found is not None:
            kept["row"].append(number)
            for name, value in found.items():
                kept.setdefault(name, []).append(value)
        if number % 500 == 499 or number + 1 == len(rows):  # noqa: PLR2004  a line now and then
            print(
                f"· {folder.name}: {number + 1} of {len(rows)} photos, {len(kept['row'])} faces", flush=True
            )
    for name in sorted(kept, key=lambda one: one == "row"):  # `row` last: it says that all are there
        np.save(target / f"{name}.npy", np.array(kept[name]))
    return target


def gather_all(data: Path, into: Path, jobs: int | None = None) -> None:
    """Gather every folder that is there, with as many processes as there are cores unless told otherwise."""
    for name in FOLDERS:
        if (data / name).is_dir():
            gather(data / name, into, jobs or os.cpu_count() or 1)
