"""Running a network: verified weights in, arrays in and out, one thread."""

from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from shared.errors import ModelDamagedError
from shared.models import find, load_verified

Floats = NDArray[np.float32]


class LiteNetwork:
    """A LiteRT model. Load it after a fork: its threads do not survive one.

    Args:
        name: As the lists of models call it.
        threads: Threads of one call; workers scale by processes, so one is right.
        batch: Images of one call of `run`.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the list, or no LiteRT model.
    """

    def __init__(self, name: str, threads: int = 1, batch: int = 1) -> None:
        self.version = find(name).version
        try:
            self._interpreter: Any = Interpreter(model_content=load_verified(name), num_threads=threads)
            given = self._interpreter.get_input_details()[0]
            if batch > 1:
                self._interpreter.resize_tensor_input(given["index"], [batch, *given["shape"][1:]])
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise ModelDamagedError(f"The model {name!r} is no LiteRT model.") from error
        self._input: int = given["index"]
        self.size: int = int(given["shape"][1])
        self._outputs: list[int] = [one["index"] for one in self._interpreter.get_output_details()]

    def __call__(self, image: Floats) -> list[Floats]:
        """Run on one size × size × 3 image; the outputs in the model's order, without the batch axis."""
        return [output[0] for output in self.run(image[np.newaxis])]

    def run(self, images: Floats) -> list[Floats]:
        """Run on a batch of images; the outputs in the model's order."""
        self._interpreter.set_tensor(self._input, images)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


class NamedNetwork:
    """A LiteRT model that takes and gives several arrays by name. Load it after a fork, as above.

    Args:
        name: As the lists of models call it.
        outputs: What it must give; other outputs are let be.
        threads: As above.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the list, no LiteRT model, or of another version.
    """

    def __init__(self, name: str, outputs: tuple[str, ...], threads: int = 1) -> None:
        try:
            interpreter = Interpreter(model_content=load_verified(name), num_threads=threads)
            self._run: Any = interpreter.get_signature_runner()
        except (RuntimeError, ValueError) as error:
            raise ModelDamagedError(f"The model {name!r} is no LiteRT model.") from error
        if not set(outputs) <= set(self._run.get_output_details()):
            raise ModelDamagedError(f"The model {name!r} is of another version than this worker.")

    def __call__(self, **inputs: Floats) -> dict[str, Floats]:
        """Run once; the outputs by name."""
        return dict(self._run(**inputs))


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + e^-x), safe for any float32."""
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0)))).astype(np.float32)
