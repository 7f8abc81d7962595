"""Draws frames: eight candidates of each, the best by the tagger's reading, enlarged."""

from typing import NamedTuple

import numpy as np

from shared.contracts import Reading
from shared.errors import ModelNotInstalledError
from shared.eyewear.tagger import Tagger
from shared.telemetry import logger
from workers.gan import picture
from workers.gan.condition import Floats
from workers.gan.networks import CANDIDATES, HALF, TIMES, enlarger, generator, noise, patterns
from workers.gan.picture import Rgba
from workers.gan.reading import asked_words, read

log = logger(__name__)

CANVAS_MM = 2.0 * HALF[1]  # a pixel of a half is a millimetre
MM_PER_PIXEL = 1 / TIMES


class Drawing(NamedTuple):
    """A finished frame.

    Attributes:
        pixels: (256, 640, 4), straight alpha, 0.25 mm a pixel.
        readings: What the tagger reads from it; empty without a tagger.
    """

    pixels: Rgba
    readings: tuple[Reading, ...]

    @property
    def width_mm(self) -> float:
        """Total width of the front."""
        return picture.width_px(self.pixels) * MM_PER_PIXEL


class Designer:
    """Generator, enlarger and tagger, loaded. Make one for each process, after the fork.

    Raises:
        ModelNotInstalledError: The weights of the generator or the enlarger are missing.
        ModelDamagedError: Any weights are not those in the list, or are of another version.
    """

    def __init__(self) -> None:
        self._generator, self._enlarger = generator(), enlarger()
        self._tagger = _tagger()
        # The first run of each network plans its memory; no job should wait for that.
        self.draw(np.zeros(46, np.float32), 0, 0)

    @property
    def versions(self) -> dict[str, str]:
        """Of the networks, by name."""
        found = {one.name: one.version for one in (self._generator, self._enlarger)}
        return found | ({"frame-tagger": self._tagger.version} if self._tagger else {})

    @property
    def model(self) -> str:
        """Name and version of the generator."""
        return f"{self._generator.name} {self._generator.version}"

    def draw(self, condition: Floats, seed: int, drawing: int) -> Drawing:
        """One frame of a condition (46,): the candidate that reads best, enlarged.

        Args:
            condition: What to draw.
            seed: With `drawing`, decides the noise.
            drawing: The how-manieth of this seed.
        """
        halves = self.candidates(condition, seed, drawing)
        pixels = self.finished(halves[self.best(halves, condition)])
        if self._tagger is None:
            return Drawing(pixels, ())
        return Drawing(pixels, read(self._tagger, pixels, asked_words(condition), CANVAS_MM).readings)

    def candidates(self, condition: Floats, seed: int, drawing: int) -> Floats:
        """Right halves (8, 64, 80, 4) to choose from."""
        asked = np.repeat(condition[np.newaxis], CANDIDATES, axis=0)
        return self._generator(condition=asked, noise=noise(seed, drawing), pattern=patterns(seed, drawing))

    def best(self, halves: Floats, condition: Floats) -> int:
        """Which of the candidates the tagger reads most surely as asked; the first without a tagger."""
        if self._tagger is None:
            return 0
        asked = asked_words(condition)
        scores = [read(self._tagger, picture.whole(half), asked, CANVAS_MM).score for half in halves]
        return int(np.argmax(scores))

    def finished(self, half: Floats) -> Rgba:
        """A right half enlarged, sharpened, mirrored and cleaned: (256, 640, 4), straight alpha."""
        large = self._enlarger(picture=picture.with_margin(half))[0]
        return picture.whole(picture.sharpened(large[:, -TIMES * HALF[1] :]))


def _tagger() -> Tagger | None:
    """The tagger, where it is installed: without it the first candidate is as good as any."""
    try:
        return Tagger()
    except ModelNotInstalledError as error:
        log.warning("no_tagger", code=error.code, detail=str(error))
        return None
