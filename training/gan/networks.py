"""Generator, prior and discriminator, in Keras 3 without a word of its backend.

Pictures are right halves of frames, 64 × 80 pixels of 1 mm: colour on white, and alpha, each 0 to 1.
"""

from typing import Any

import keras
from keras import layers, ops

from training.gan.knowns import FREE, LENGTHS, NOISE, STYLE, word_slices

CONDITION = 46
HEIGHT, WIDTH, CHANNELS = 64, 80, 4
_SLOPE = 0.1
_GIVEN = CONDITION + STYLE + FREE


def generator(width: int = 64) -> keras.Model:
    """Condition (46), style and free noise (`STYLE` + `FREE`), and a pattern, to logits of a picture (64, 80, 4).

    Style enters at every size, as in the style-based generators: it scales and shifts each layer's channels. The
    pattern (64, 80, 1), -1 where a sheet of tortoise is lightest to 1 where it is darkest, enters at the last size.

    Args:
        width: Channels at 32 × 40 pixels; all others are in proportion.
    """
    given = keras.Input((_GIVEN,), name="given")
    pattern = keras.Input((HEIGHT, WIDTH, 1), name="pattern")
    told = layers.Dense(4 * width, activation="leaky_relu")(given)
    told = layers.Dense(4 * width, activation="leaky_relu")(told)
    x = layers.Dense(4 * 5 * 3 * width // 2)(told)
    x = layers.Reshape((4, 5, 3 * width // 2))(x)
    for channels in (2 * width, 3 * width // 2, width):
        x = layers.UpSampling2D(interpolation="nearest")(x)
        for _ in range(2):
            x = _styled(layers.Conv2D(channels, 3, padding="same")(x), told, channels)
    fine = 3 * width // 8
    x = layers.Conv2D(4 * fine, 3, padding="same")(x)
    x = _styled(shuffled(x, 2), told, fine)
    x += _blotches(x, pattern, told, fine)
    x = _styled(layers.Conv2D(fine, 3, padding="same")(x), told, fine)
    x = layers.Conv2D(CHANNELS, 3, padding="same", dtype="float32")(x)
    return keras.Model([given, pattern], x, name="generator")


def picture(logits: Any) -> Any:
    """Logits to colour on white and alpha, 0 to 1."""
    return ops.sigmoid(logits)


def prior(width: int = 96) -> keras.Model:
    """Condition (46) to what styles occur with it: mean and log deviation of each length, logits of the words."""
    given = keras.Input((CONDITION,), name="condition")
    x = layers.Dense(width, activation="leaky_relu", dtype="float32")(given)
    x = layers.Dense(width, activation="leaky_relu", dtype="float32")(x)
    return keras.Model(given, layers.Dense(STYLE + len(LENGTHS), dtype="float32")(x), name="prior")


def prior_loss(told: Any, style: Any) -> Any:
    """Negative log likelihood of styles (n, STYLE) under what the prior says (n, STYLE + lengths)."""
    n = len(LENGTHS)
    mean, log_deviation = told[:, :n], ops.clip(told[:, STYLE:], -4.0, 2.0)
    off = (style[:, :n] - mean) * ops.exp(-log_deviation)
    loss = ops.sum(0.5 * ops.square(off) + log_deviation, axis=1)
    for place in word_slices().values():
        loss -= ops.sum(style[:, place] * ops.log_softmax(told[:, place]), axis=1)
    return ops.mean(loss)


def styled_by_noise(told: Any, noise: Any, *, spread: float = 0.8) -> Any:
    """A style for each row of noise: lengths from normal numbers, words by the Gumbel-max rule.

    Args:
        told: (n, STYLE + lengths) of the prior.
        noise: (n, STYLE) standard normal at the lengths, standard Gumbel at the words.
        spread: Below 1 keeps lengths nearer to their mean, so that a medium frame stays medium.
    """
    n = len(LENGTHS)
    lengths = told[:, :n] + spread * ops.exp(ops.clip(told[:, STYLE:], -4.0, 2.0)) * noise[:, :n]
    parts = [lengths]
    for place in word_slices().values():
        scores = told[:, place] + noise[:, place]
        best = ops.max(scores, axis=1, keepdims=True)
        parts.append(ops.cast(scores >= best, "float32"))
    return ops.concatenate(parts, axis=1)


def sampler(core: keras.Model, learnt_prior: keras.Model) -> keras.Model:
    """What is shipped: condition (46), noise (`NOISE`) and a pattern to a picture (64, 80, 4), 0 to 1."""
    asked = keras.Input((CONDITION,), name="condition")
    noise = keras.Input((NOISE,), name="noise")
    pattern = keras.Input((HEIGHT, WIDTH, 1), name="pattern")
    style = styled_by_noise(learnt_prior(asked), noise[:, :STYLE])
    given = ops.concatenate([asked, style, noise[:, STYLE:]], axis=1)
    return keras.Model([asked, noise, pattern], picture(core([given, pattern])), name="frame_generator")


def discriminator(width: int = 48) -> keras.Model:
    """A picture (64, 80, 4), its pattern and what is known of it to scores (8, 10) and the features below them.

    Projection discriminator on patches: each patch is asked whether it is a frame's, and whether it is this
    frame's. Its slope is not bounded here (spectral normalisation left it blind to the little that regression gets
    wrong); the training bounds what the generator feels of it.
    """
    image = keras.Input((HEIGHT, WIDTH, CHANNELS), name="picture")
    pattern = keras.Input((HEIGHT, WIDTH, 1), name="pattern")
    known = keras.Input((CONDITION + STYLE,), name="known")
    features = []
    x = ops.concatenate([2 * image - 1, pattern], axis=-1)
    for channels in (width, 2 * width, 3 * width):
        x = layers.Conv2D(channels, 4, strides=2, padding="same")(x)
        x = ops.leaky_relu(x, 2 * _SLOPE)
        features.append(x)
    x = ops.leaky_relu(layers.Conv2D(3 * width, 3, padding="same")(x), 2 * _SLOPE)
    asked = layers.Dense(3 * width, activation="leaky_relu")(known)
    asked = layers.Dense(3 * width, use_bias=False)(asked)
    agrees = ops.sum(x * ops.reshape(asked, (-1, 1, 1, 3 * width)), axis=-1)
    score = layers.Conv2D(1, 1)(x)[..., 0] + agrees
    return keras.Model([image, pattern, known], [ops.cast(score, "float32"), *features], name="discriminator")


def shuffled(x: Any, times: int) -> Any:
    """Depth to space: channels become `times` × `times` pixels (n, h, w, c) → (n, h·t, w·t, c / t²)."""
    _, high, wide, deep = x.shape
    x = ops.reshape(x, (-1, high, wide, times, times, deep // times**2))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, high * times, wide * times, deep // times**2))


def _blotches(x: Any, pattern: Any, told: Any, channels: int) -> Any:
    """What a pattern adds: its depth in colours, as the style has them, where the drawing so far has room for it.

    Nothing at first: weights that learnt without a pattern draw as they did.
    """
    depth = layers.Conv2D(
        channels, 3, padding="same", bias_initializer=keras.initializers.RandomUniform(-1, 1)
    )
    where = ops.sigmoid(layers.Conv2D(channels, 1)(x))
    return where * layers.Conv2D(channels, 1, kernel_initializer="zeros")(
        _styled(depth(pattern), told, channels)
    )


def _styled(x: Any, told: Any, channels: int) -> Any:
    scale_shift = layers.Reshape((1, 1, 2 * channels))(layers.Dense(2 * channels)(told))
    return ops.leaky_relu(x * (1 + scale_shift[..., :channels]) + scale_shift[..., channels:], _SLOPE)
