"""The two networks on LiteRT: verified weights in, arrays in and out, one thread."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from shared.errors import ModelDamagedError
from shared.eyewear.texture import blotches
from shared.models import find, load_verified

Floats = NDArray[np.float32]
Shape = tuple[int, ...]

CANDIDATES = 8  # drawn at a time; the generator's batch is fixed to it
HALF = (64, 80, 4)  # a right half: colour on white, and alpha, 0 to 1; 1 mm a pixel
TIMES = 4
MARGIN = 8  # mirrored columns at the left that the enlarger sees beside a half
LENGTHS, WORDS, FREE = 10, 45, 10  # noise: standard normal, standard Gumbel, standard normal


class Network:
    """A LiteRT model with one signature. Load it after a fork: its threads do not survive one.

    Args:
        name: As the lists of models call it.
        inputs: Names and shapes of what it must take.
        output: Shape of what it must give.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: They are not those in the list, no LiteRT model, or of another version.
    """

    def __init__(self, name: str, inputs: Mapping[str, Shape], output: Shape) -> None:
        self.name, self.version = name, find(name).version
        try:
            interpreter = Interpreter(model_content=load_verified(name), num_threads=1)
            self._run: Any = interpreter.get_signature_runner()
        except (RuntimeError, ValueError) as error:
            raise ModelDamagedError(f"The model {name!r} is no LiteRT model.") from error
        taken = {key: _shape(one) for key, one in self._run.get_input_details().items()}
        given = [_shape(one) for one in self._run.get_output_details().values()]
        if taken != dict(inputs) or given != [output]:
            raise ModelDamagedError(
                f"The model {name!r} is of another version than this worker: {taken}, {given}."
            )
        (self._output,) = self._run.get_output_details()

    def __call__(self, **inputs: Floats) -> Floats:
        """Run once."""
        return np.asarray(self._run(**inputs)[self._output])


def generator() -> Network:
    """Conditions (8, 46), noise (8, 65) and patterns (8, 64, 80, 1) to right halves (8, 64, 80, 4)."""
    inputs = {
        "condition": (CANDIDATES, 46),
        "noise": (CANDIDATES, LENGTHS + WORDS + FREE),
        "pattern": (CANDIDATES, *HALF[:2], 1),
    }
    return Network("frame-generator", inputs, (CANDIDATES, *HALF))


def enlarger() -> Network:
    """A right half with its margin (1, 64, 88, 4) to four times its size (1, 256, 352, 4)."""
    high, wide, deep = HALF
    wide += MARGIN
    return Network(
        "frame-enlarger", {"picture": (1, high, wide, deep)}, (1, TIMES * high, TIMES * wide, deep)
    )


def noise(seed: int, drawing: int) -> Floats:
    """Noise of the candidates of one drawing: (8, 65), the same for the same two numbers."""
    rng = np.random.default_rng((seed, drawing))
    lengths = rng.normal(size=(CANDIDATES, LENGTHS))
    words = rng.gumbel(size=(CANDIDATES, WORDS))
    free = rng.normal(size=(CANDIDATES, FREE))
    return np.concatenate([lengths, words, free], axis=1).astype(np.float32)


def patterns(seed: int, drawing: int) -> Floats:
    """What the candidates of one drawing would be cut from, were they of tortoise: (8, 64, 80, 1), -1 light to 1 dark.

    One sheet is made for the drawing, and each candidate cut from its own place on it.
    """
    rng = np.random.default_rng((seed, drawing, 1))
    sheet = 2 * blotches(rng) - 1
    high, wide = HALF[:2]
    downs = rng.integers(sheet.shape[0] - high + 1, size=CANDIDATES)
    rights = rng.integers(sheet.shape[1] - wide + 1, size=CANDIDATES)
    cuts = [
        sheet[down : down + high, right : right + wide] for down, right in zip(downs, rights, strict=True)
    ]
    return np.stack(cuts)[..., np.newaxis].astype(np.float32)


def _shape(detail: Mapping[str, Any]) -> Shape:
    return tuple(int(n) for n in detail["shape"])
