"""How long drawing and trying on take, against the bars of the project. CPU time, least of repeats.

python benchmarks/eyewear.py
"""

import time
from collections.abc import Callable

import numpy as np

from shared.contracts.face import Face
from shared.eyewear.gallery import specimens
from shared.eyewear.geometry import geometry
from shared.eyewear.render import render_png, render_svg
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import FrameSpec
from shared.eyewear.tryon import try_on

REPEATS = 7
# A frontal face of usual measures in mm from between the pupils; only the points that try-on reads.
POINTS = {
    33: (-46, 0, 6), 263: (46, 0, 6), 133: (-17, 1, 4), 362: (17, 1, 4), 168: (0, -3, -8), 10: (0, -70, 4),
    152: (0, 112, 8), 127: (-68, 2, 48), 356: (68, 2, 48), 234: (-71, 22, 62), 454: (71, 22, 62), 61: (-25, 68, 2),
    291: (25, 68, 2), 54: (-55, -52, 20), 284: (55, -52, 20), 172: (-56, 76, 30), 397: (56, 76, 30),
}  # fmt: skip


def least_ms(work: Callable[[], object]) -> float:
    """CPU time of the fastest of some repeats, in ms."""
    times = []
    for _ in range(REPEATS):
        geometry.cache_clear()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def a_face(width: int, height: int) -> Face:
    """A face that fills half the width of the photo."""
    mesh = np.zeros((468, 3))
    for index, point in POINTS.items():
        mesh[index] = point
    placed = (mesh * width / 300 + (width / 2, height * 0.42, 0)) / (width, height, width)
    eyes = np.array([[-31.5, 0], [31.5, 0]]) * width / 300 + (width / 2, height * 0.42)
    irises = tuple((x / width, y / height, 0.02) for x, y in eyes)
    return Face(landmarks=tuple(map(tuple, placed)), irises=irises)


def report(name: str, bar: float, times: list[float]) -> None:
    """One line: median, worst and whether the median holds the bar."""
    middle, worst = float(np.median(times)), max(times)
    print(f"{name:28} {middle:8.2f} {worst:8.2f} {bar:8.0f}   {'held' if middle <= bar else 'MISSED'}")


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(1)
    usual = [random_spec(rng, even=0.0) for _ in range(40)]
    photo = np.full((1154, 866, 3), 170, np.uint8)
    face = a_face(866, 1154)

    def tried(spec: FrameSpec) -> float:
        return least_ms(lambda: try_on(photo, face, spec))

    print(f"{'ms, CPU time':28} {'median':>8} {'worst':>8} {'bar':>8}")
    report("SVG, usual mix", 3, [least_ms(lambda s=s: render_svg(s)) for s in usual])
    report("PNG 600 × 300, usual mix", 15, [least_ms(lambda s=s: render_png(s, 600, "white")) for s in usual])
    report(
        "PNG 600 × 300, every look",
        15,
        [least_ms(lambda s=s: render_png(s, 600, "white")) for s in specimens()],
    )
    report("try-on at 1 megapixel", 40, [tried(spec) for spec in usual[:20]])


if __name__ == "__main__":
    main()
