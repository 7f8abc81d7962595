"""From Keras to the models folder and back: LiteRT at half precision, and the hash of the Keras file it came from."""

import contextlib
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def exported(model: keras.Model, batch: int) -> bytes:
    """The network as LiteRT with a fixed batch, weights at half precision, computing in single precision.

    Its one signature takes and gives what the Keras network's inputs and output are called.
    """
    import tensorflow as tf  # noqa: PLC0415  only the export needs this backend

    inputs = {
        one.name: keras.Input(batch_shape=(batch, *one.shape[1:]), name=one.name) for one in model.inputs
    }
    taken = list(inputs.values())
    fixed = keras.Model(inputs, model(taken if len(taken) > 1 else taken[0], training=False))
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    with contextlib.redirect_stdout(io.StringIO()):  # it would print every variable
        return bytes(converter.convert())


def kept(model: keras.Model, file: Path) -> str:
    """Save the network as a Keras file and return the SHA-256 of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    model.save(file)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def regain(data: bytes, model: keras.Model) -> None:
    """Put weights of an exported network back into its Keras twin, so that training can go on without a checkpoint.

    Args:
        data: What `exported` gave, of this network or of one that contains it.
        model: Of plain and convolutional layers alone.

    Raises:
        ValueError: The file holds other layers.
    """
    found = _layers(data, model.name)
    mine = sorted((layer for layer in model.layers if layer.weights), key=lambda one: _numbers(one.name))
    for kind, order in _ORDER.items():
        theirs = [found[name] for name in sorted(found, key=_numbers) if name.startswith(kind)]
        for layer, parts in zip((one for one in mine if one.name.startswith(kind)), theirs, strict=True):
            weights = parts["kernel"].transpose(order), parts["bias"]
            layer.set_weights([one.astype(np.float32) for one in weights])


# LiteRT keeps kernels with the output channels first; this puts them last again.
_ORDER = {"dense": (1, 0), "conv2d": (1, 2, 3, 0)}


def _layers(data: bytes, owner: str) -> dict[str, dict[str, NDArray[Any]]]:
    """Kernel and bias of every layer below `owner`, by the layer's name in the file."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  as above

    reader = Interpreter(model_content=data)
    found: dict[str, dict[str, NDArray[Any]]] = {}
    for one in reader.get_tensor_details():
        match = re.search(rf"\b{owner}_1/((?:dense|conv2d)[_\d]*)/", one["name"])
        if match and one["dtype"] is np.float16:
            part = "bias" if "BiasAdd" in one["name"] else "kernel"
            found.setdefault(match[1], {})[part] = reader.get_tensor(one["index"])
    return found


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?<=_)\d+", name)]
