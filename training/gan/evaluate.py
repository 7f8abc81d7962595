"""Judge the design stage as it is served: `python -m training.gan.evaluate`.

Wishes are the 46 numbers of renders that no network has seen; each is drawn, enlarged and cleaned by the worker's
own code, once with its first candidate and once with the best of eight. Every figure stands beside the same figure
of the renders themselves. Prints the tables; writes them, a gallery and twenty designs at random into a folder.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.errors import FrameInvalidError
from shared.eyewear.describe import describe
from shared.eyewear.render import render_rgba
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import FrameSpec, Material
from shared.eyewear.tagger import Tagger
from shared.settings import settings
from training.gan import judge
from training.gan.artefacts import Artefacts, artefacts
from training.gan.distances import frechet, kernel_distance, precision_recall, vendi
from training.gan.knowns import knowns
from training.gan.samples import WISHES, beside, cropped, gallery, wish_condition
from training.renders import Views
from training.sr.fidelity import fidelity
from workers.gan.condition import Floats
from workers.gan.designer import CANVAS_MM, Designer
from workers.gan.networks import enlarger
from workers.gan.reading import asked_words

Rgba = NDArray[np.uint8]
Table = list[tuple[str, ...]]

WIDTH = 640  # pixels of a canvas
SEED = 31
GROUPS = ("shape", "rim", "color", "material", "upper", "height", "width", "nose")
_SHOWN = 20  # designs at random


@dataclass
class Judged:
    """What the judge says of a set of pictures.

    Attributes:
        right: By group, how many were read as asked.
        features: What it saw of each.
        faults: What is wrong with each.
        unread: How many show no frame at all.
    """

    right: Counter[str] = field(default_factory=Counter)
    features: list[NDArray[np.float32]] = field(default_factory=list)
    faults: list[Artefacts] = field(default_factory=list)
    unread: int = 0

    def look(self, pixels: Rgba, condition: Floats, tagger: Tagger) -> None:
        """Take in one more picture and what it should show."""
        asked = asked_words(condition)
        self.faults.append(artefacts(pixels, full_rim=asked["rim"] == "full_rim"))
        try:
            tags = tagger.read_canvas(pixels, canvas_mm=CANVAS_MM)
        except FrameInvalidError:
            self.unread += 1
            return
        self.features.append(tags.features)
        self.right.update(group for group in GROUPS if tags.best(group) == asked[group])

    def share(self, group: str) -> str:
        """Per cent of all pictures read as asked."""
        return f"{100 * self.right[group] / len(self.faults):.1f}"

    def faulty(self, name: str) -> str:
        """Per cent with a fault."""
        return f"{100 * np.mean([getattr(one, name) for one in self.faults]):.1f}"


def asked_frames(count: int, seed: int) -> list[FrameSpec]:
    """Frames whose 46 numbers are wished for; none of wood, since no wish asks for it."""
    rng = np.random.default_rng(seed)
    found: list[FrameSpec] = []
    while len(found) < count:
        spec = random_spec(rng, even=0.5)
        if spec.material is not Material.WOOD:
            found.append(spec)
    return found


def conditions(specs: Sequence[FrameSpec]) -> Floats:
    """The 46 numbers of each, as the generator was told them: (n, 46)."""
    shape, color = (np.array(part, np.float32) for part in zip(*map(describe, specs), strict=True))
    return knowns(Views(np.empty((0, 0, 0, 4), np.uint8), shape, color, tuple(specs))).condition


def judged_renders(specs: Sequence[FrameSpec], asked: Floats, tagger: Tagger) -> Judged:
    """The renders themselves: what no drawing can be expected to surpass."""
    found = Judged()
    for spec, condition in zip(specs, asked, strict=True):
        found.look(cropped(render_rgba(spec, WIDTH)), condition, tagger)
    return found


def judged_designs(artist: Designer, asked: Floats, tagger: Tagger) -> tuple[Judged, Judged, list[Rgba]]:
    """First candidates, the best of eight, and the first few of these as pictures."""
    first, best, shown = Judged(), Judged(), []
    for number, condition in enumerate(asked):
        halves = artist.candidates(condition, SEED, number)
        chosen = artist.finished(halves[artist.best(halves, condition)])
        first.look(artist.finished(halves[0]), condition, tagger)
        best.look(chosen, condition, tagger)
        if number < _SHOWN:
            shown.append(chosen)
    return first, best, shown


def alike(artist: Designer, tagger: Tagger, count: int) -> float:
    """Vendi score of drawings of one wish that differ in the seed alone, 1 to count, mean over the gallery's wishes."""
    scores = []
    for words in WISHES:
        condition = wish_condition(words)
        views = (artist.draw(condition, SEED, number).pixels for number in range(count))
        features = [tagger.read_canvas(view, canvas_mm=CANVAS_MM).features for view in views]
        scores.append(vendi(np.array(features, np.float64)))
    return float(np.mean(scores))


def reading_table(renders: Judged, first: Judged, best: Judged) -> Table:
    """Read-back by group."""
    head = ("read as asked, %", "renders", "first candidate", "best of 8")
    sets = (renders, first, best)
    return [head, *((group, *(one.share(group) for one in sets)) for group in GROUPS)]


def distance_table(others: Judged, renders: Judged, first: Judged, best: Judged) -> Table:
    """Distances to other renders, and spread."""
    size = min(len(one.features) for one in (others, renders, first, best))
    true, *sets = (np.array(one.features[:size], np.float64) for one in (others, renders, first, best))
    deviation = np.sqrt(true.var(axis=0).mean())  # features have no unit of their own
    true, sets = true / deviation, [one / deviation for one in sets]
    covered = [precision_recall(one, true) for one in sets]
    return [
        ("against other renders", "renders", "first candidate", "best of 8"),
        ("Fréchet distance", *(f"{frechet(one, true):.2f}" for one in sets)),
        ("kernel distance × 1000", *(f"{1e3 * kernel_distance(one, true):.1f}" for one in sets)),
        ("precision", *(f"{precision:.2f}" for precision, _ in covered)),
        ("recall", *(f"{recall:.2f}" for _, recall in covered)),
        ("Vendi score", *(f"{vendi(one):.1f}" for one in sets)),
    ]


def fault_table(renders: Judged, first: Judged, best: Judged) -> Table:
    """Artefacts."""
    sets = (renders, first, best)
    rows = {"loose": "loose parts, %", "holes": "holes, %", "open_rim": "open rim, %"}
    ragged = (f"{np.mean([fault.ragged for fault in one.faults]):.3f}" for one in sets)
    return [
        ("artefacts", "renders", "first candidate", "best of 8"),
        *((told, *(one.faulty(name) for one in sets)) for name, told in rows.items()),
        ("no frame seen", *(str(one.unread) for one in sets)),
        ("outline, length over smoothed", *ragged),
    ]


def enlargement_table(count: int) -> Table:
    """PSNR and SSIM of the enlarger beside bicubic interpolation."""
    views = (render_rgba(spec, WIDTH) for spec in asked_frames(count, SEED + 2))
    ours, plain = fidelity(enlarger(), views)
    return [
        ("enlargement × 4", "bicubic", "frame-enlarger"),
        ("PSNR, dB", f"{plain.psnr:.2f}", f"{ours.psnr:.2f}"),
        ("SSIM", f"{plain.ssim:.4f}", f"{ours.ssim:.4f}"),
    ]


def markdown(tables: Iterable[Table]) -> str:
    """Tables as Markdown."""
    parts = []
    for head, *rows in tables:
        lines = [head, ("---",) * len(head), *rows]
        parts.append("\n".join("| " + " | ".join(line) + " |" for line in lines))
    return "\n\n".join(parts) + "\n"


def main(argv: Sequence[str] | None = None) -> None:
    """Judge, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="wishes, and as many other renders")
    parser.add_argument("--enlarged", type=int, default=200, help="renders enlarged again")
    parser.add_argument("--like", type=int, default=16, help="drawings of one wish, to see how they differ")
    parser.add_argument("--seeds", type=int, default=6, help="columns of the gallery")
    parser.add_argument("--out", type=Path, default=settings().data_dir / "judged")
    given = parser.parse_args(argv)
    given.out.mkdir(parents=True, exist_ok=True)
    tagger, artist = Tagger(judge.NAME), Designer()
    specs, more = asked_frames(given.count, SEED), asked_frames(given.count, SEED + 1)
    asked = conditions(specs)
    renders, others = judged_renders(specs, asked, tagger), judged_renders(more, conditions(more), tagger)
    first, best, shown = judged_designs(artist, asked, tagger)
    text = f"{given.count} wishes\n\n" + markdown(
        [
            reading_table(renders, first, best),
            distance_table(others, renders, first, best),
            fault_table(renders, first, best),
            enlargement_table(given.enlarged),
        ]
    )
    text += f"\nVendi score of {given.like} drawings of one wish: {alike(artist, tagger, given.like):.2f}\n"
    (given.out / "table.md").write_text(text, encoding="utf-8")
    gallery(artist, given.out / "gallery.webp", given.seeds)
    beside(shown, specs[: len(shown)], given.out / "samples.webp")
    print(text)


if __name__ == "__main__":
    main()
