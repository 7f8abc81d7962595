"""How well masks of a head overlap with those that people drew: `expertglasses evaluate parsing`."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.faces.kept import Kept
from training.faces.masks import drawn, held_out
from workers.perception.crop import SIZE, head_window
from workers.perception.outlines import OutlineReader
from workers.perception.regions import LIPS_OUTER, Map, Region, RegionReader, brow_rings
from workers.perception.sight import Sight
from workers.perception.window import Points

# The regions of the bar.
JUDGED = (Region.SKIN, Region.HAIR, Region.BROWS, Region.EYES, Region.LIPS, Region.GLASSES)

# Which of the 189 points that people placed on faces of the laboratory go around what.
_PLACED: dict[Region, tuple[tuple[int, ...], ...]] = {
    Region.EYES: ((18, 19, 20, 21, 22, 30, 29, 28), (27, 26, 25, 24, 23, 31, 32, 33)),
    Region.BROWS: ((71, 72, 73, 74, 75, 76, 84, 83), (82, 81, 80, 79, 78, 77, 85, 86)),
    Region.LIPS: ((87, 88, 89, 90, 91, 92, 93, 108, 107, 106, 105, 104),),
}


def overlaps(found: NDArray[np.uint8], truth: NDArray[np.uint8]) -> dict[str, float]:
    """Intersection over union of each region over all pictures together; NaN where no picture shows it."""
    return {region.name.lower(): _overlap(found == region, truth == region) for region in Region}


def _overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    either = int((found | truth).sum())
    return int((found & truth).sum()) / either if either else float("nan")


def told(shares: dict[str, float]) -> str:
    """The mean over the regions of the bar, and each region."""
    mean = np.nanmean([shares[region.name.lower()] for region in JUDGED])
    return f"IoU {mean:.3f}: " + " ".join(f"{name} {share:.3f}" for name, share in shares.items())


def judge_regions(data: Path, work: Path) -> None:
    """The published network on masks held out, and on outlines that people placed on faces no network here has seen."""
    kept = Kept(work / "kept", data, "celebahq_parsing")
    chosen = held_out(len(kept))
    found = _read([kept.sight(int(number)) for number in np.flatnonzero(chosen)])
    print(
        f"celebahq_parsing, {chosen.sum()} heads held out, {told(overlaps(found, drawn(kept, chosen).regions))}"
    )
    _judge_placed(data, work)


def _read(sights: list[Sight]) -> NDArray[np.uint8]:
    reader, outlines = RegionReader(), OutlineReader()
    return np.array([reader.read(sight, outlines.read(sight.head.rgb)) for sight in sights])


def _judge_placed(data: Path, work: Path) -> None:
    kept = Kept(work / "kept", data, "ccby_lab_faces")
    with np.load(data / "ccby_lab_faces" / "landmarks_189.npz") as file:
        names = [Path(one).stem for one in kept.column("file")]
        placed = {n: file[name].astype(np.float64) for n, name in enumerate(names) if name in file}
    sights = [kept.sight(number) for number in placed]
    found = _read(sights)
    print(f"ccby_lab_faces, {len(sights)} faces with outlines that people placed:")
    for region, rings in _PLACED.items():
        truth = np.array(
            [
                _filled([head_window(sight.mesh).from_photo(one[list(ring)], SIZE) for ring in rings])
                for sight, one in zip(sights, placed.values(), strict=True)
            ]
        )
        mesh = np.array([_filled(_of_mesh(sight, region)) for sight in sights])
        mouth = (found == Region.MOUTH) & (region == Region.LIPS)
        print(
            f"  {region.name.lower()} {_overlap((found == region) | mouth, truth):.3f}, mesh {_overlap(mesh, truth):.3f}"
        )


def _of_mesh(sight: Sight, region: Region) -> list[Points]:
    """Where the mesh and the eye contours put a region, in pixels of the cut."""
    mesh = sight.head.points
    if region == Region.EYES:
        return list(sight.lids)
    if region == Region.LIPS:
        return [mesh[list(LIPS_OUTER)]]
    return brow_rings(mesh)


def _filled(rings: list[Points]) -> NDArray[np.bool_]:
    canvas: Map = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(canvas, [np.round(ring - 0.5).astype(np.int32) for ring in rings], 1)
    return canvas > 0
