"""What perception costs: CPU milliseconds a photo of one megapixel by step, readiness, resident memory.

    python benchmarks/perception.py

The baseline is the plain way to use the same networks, run here and now: the whole photo through the detector,
each crop resampled from the full picture by the imaging library, interpreters made for each photo. The
published system of 2020 took 553 ms on two such cores; it stands beside as a figure, it cannot be run here.
"""

import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from skimage import data

from shared.models import load_verified
from workers.perception import Perceiver
from workers.perception.attributes import describe
from workers.perception.detect import Detector
from workers.perception.eyes import EyeReader
from workers.perception.faces import FaceFinder
from workers.perception.faceshape import FaceShapes
from workers.perception.gender import GenderNetwork
from workers.perception.heads import HeadReader
from workers.perception.mesh import MeshFitter
from workers.perception.networks import LiteNetwork
from workers.perception.photo import decode
from workers.perception.population import load_population
from workers.perception.quality import measure_quality
from workers.perception.sight import Sight

REPEATS = 20
PUBLISHED_MS = 553


def main() -> None:
    """Print the table."""
    began = time.perf_counter()
    perceiver = Perceiver()
    ready = time.perf_counter() - began
    photo = _portrait(1000)
    whole = cpu_ms(lambda: perceiver.perceive(photo))
    resident = _resident_mb()
    plain = cpu_ms(lambda: _plainly(photo))
    print("| what | measured | bar |\n|---|---|---|")
    print(f"| a photo of one megapixel, CPU | {whole:.0f} ms | 120 ms |")
    for name, milliseconds in _steps(photo).items():
        print(f"| – {name} | {milliseconds:.1f} ms | |")
    print(f"| the same networks used plainly | {plain:.0f} ms, {plain / whole:.1f} times ours | |")
    print(f"| published system of 2020 | {PUBLISHED_MS} ms, {PUBLISHED_MS / whole:.0f} times ours | |")
    print(f"| models loaded in | {ready:.2f} s | 2 s |\n| resident | {resident:.0f} MB | 350 MB |")


def _steps(photo: bytes) -> dict[str, float]:
    """Each step alone, on what the step before it made."""
    networks = [LiteNetwork(name) for name in ("face-detection", "face-mesh", "eye-contour")]
    finder, reader = FaceFinder(Detector(networks[0]), MeshFitter(networks[1])), EyeReader(networks[2])
    gender, shapes, population, heads = GenderNetwork(), FaceShapes(), load_population(), HeadReader()
    rgb = decode(photo, max_pixels=10**8, min_side=1).rgb
    mesh = finder.find(rgb)[0]
    eyes, male = reader.read(rgb, mesh), gender.male(rgb, mesh)

    def fresh() -> Sight:
        return Sight(rgb, mesh, eyes, male)

    opinions = heads.read(fresh())

    return {
        "decode": cpu_ms(lambda: decode(photo, max_pixels=10**8, min_side=1)),
        "detection and mesh": cpu_ms(lambda: finder.find(rgb)),
        "irises": cpu_ms(lambda: reader.read(rgb, mesh)),
        "gender": cpu_ms(lambda: gender.male(rgb, mesh)),
        "quality": cpu_ms(lambda: measure_quality(fresh())),
        "features and heads": cpu_ms(lambda: heads.read(fresh())),
        "face shape": cpu_ms(lambda: shapes.probabilities(fresh(), opinions.shares("shape"))),
        "attributes": cpu_ms(lambda: describe(fresh(), population, opinions)),
    }


def _plainly(photo: bytes) -> list[np.ndarray]:
    """Detector, mesh and both eyes, with no thought given to cost; only outputs, no attributes."""
    picture = Image.open(io.BytesIO(photo)).convert("RGB")
    width, height = picture.size
    boxes = (
        (0, 0, width, height),
        (0.25 * width, 0.05 * height, 0.65 * width, 0.45 * height),
        (0.35 * width, 0.15 * height, 0.45 * width, 0.25 * height),
        (0.45 * width, 0.15 * height, 0.55 * width, 0.25 * height),
    )
    names = ("face-detection", "face-mesh", "eye-contour", "eye-contour")
    outputs = []
    for name, box in zip(names, boxes, strict=True):
        interpreter = Interpreter(model_content=load_verified(name), num_threads=1)
        interpreter.allocate_tensors()
        given = interpreter.get_input_details()[0]
        side = int(given["shape"][1])
        cut = picture.transform(picture.size, Image.Transform.EXTENT, box, Image.Resampling.BICUBIC)
        small = cut.resize((side, side), Image.Resampling.LANCZOS)
        interpreter.set_tensor(given["index"], np.asarray(small, np.float32)[np.newaxis] / 255)
        interpreter.invoke()
        outputs += [interpreter.get_tensor(one["index"]) for one in interpreter.get_output_details()]
    return outputs


def _portrait(side: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(data.astronaut()).resize((side, side)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def cpu_ms(work: Callable[[], object]) -> float:
    """The least CPU time of several runs in milliseconds: neighbours on the machine only ever add to it."""
    work()
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000


if __name__ == "__main__":
    main()
