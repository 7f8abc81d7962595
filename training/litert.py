"""From Keras to the models folder: LiteRT at half precision, and the hash of the Keras file it came from."""

import hashlib
from pathlib import Path

import keras


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
    return bytes(converter.convert())


def kept(model: keras.Model, file: Path) -> str:
    """Save the network as a Keras file and return the SHA-256 of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    model.save(file)
    return hashlib.sha256(file.read_bytes()).hexdigest()
