"""What a run leaves to look at: a line a hundred steps, curves, sheets of samples."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")
from matplotlib import pyplot as plt


class Log:
    """Losses of a run, kept as CSV and drawn as curves.

    Args:
        folder: `losses.csv` (step, name, value) and `losses.png` are written here; a run that goes on adds to them.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "losses.csv"
        self._plot = folder / "losses.png"

    def add(self, step: int, losses: Mapping[str, float]) -> None:
        """Keep and print one line; a phase of the run may have losses that another has not."""
        with self._file.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([step, name, f"{value:.5g}"] for name, value in losses.items())
        print(f"{step:7d}", *(f"{name} {value:.4f}" for name, value in losses.items()), flush=True)

    def plot(self) -> None:
        """Draw the curves so far."""
        curves: dict[str, list[tuple[float, float]]] = {}
        with self._file.open(encoding="utf-8") as file:
            for step, name, value in csv.reader(file):
                curves.setdefault(name, []).append((float(step), float(value)))
        figure, axes = plt.subplots(1, len(curves), figsize=(3.2 * len(curves), 2.6), squeeze=False)
        for axis, (name, points) in zip(axes[0], curves.items(), strict=True):
            axis.plot(*zip(*points, strict=True), linewidth=0.8)
            axis.set_title(name)
        figure.tight_layout()
        figure.savefig(self._plot, dpi=80)
        plt.close(figure)


def sheet(file: Path, rows: Sequence[NDArray[np.float32]]) -> None:
    """Write rows of pictures (n, h, w, 3 or more channels, 0 to 1) as one image."""
    lines = [np.hstack(list(row[..., :3])) for row in rows]
    pixels = np.clip(np.vstack(lines) * 255, 0, 255).astype(np.uint8)
    cv2.imwrite(str(file), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
