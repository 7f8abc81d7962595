"""What the published models say about every face of a folder that was looked at before."""

import numpy as np
from numpy.typing import NDArray

from shared.contracts import Face
from training.faces.kept import Kept
from training.faces.shapes import SHAPES
from training.faces.skin import skin_lightness
from training.judging import Array
from workers.perception.attributes import describe
from workers.perception.faceshape import FaceShapes
from workers.perception.heads import HeadReader, Opinions
from workers.perception.population import SHAPE_NOISE, load_population


class Judged:
    """What the published models say about every face of one folder.

    Args:
        kept: The folder.
        seen: n × 5, what fits that did not see a person say of the five shapes; None: what the published heads say.
        logits: By head, n of the same; of heads that are not named the published ones speak.

    Attributes:
        kept: The folder.
        opinions: What the heads say, a face each.
        faces: What comes of it, as perception tells it, without places and advice.
        depth: Lightness of the skin, degrees of the individual typology angle.
    """

    def __init__(self, kept: Kept, seen: Array | None = None, logits: dict[str, Array] | None = None) -> None:
        reader, population, five = HeadReader(), load_population(), FaceShapes()
        blocks = kept.features()
        self.kept = kept
        sights = list(kept.sights())
        self.opinions: list[Opinions] = [
            reader.opinions({name: block[number] for name, block in blocks.items()}, sight.male)
            for number, sight in enumerate(sights)
        ]
        for name, column in (logits or {}).items():
            for said, one in zip(self.opinions, column.tolist(), strict=True):
                said.logits[name] = one
        told = [said.shares("shape") for said in self.opinions]
        if seen is not None:
            told = [dict(zip(SHAPES, row, strict=True)) for row in seen.tolist()]
        self.faces = [
            Face(
                faceshape=five.probabilities(sight, shares),
                faceshape_noise=SHAPE_NOISE,
                **describe(sight, population, said),
            )
            for sight, said, shares in zip(sights, self.opinions, told, strict=True)
        ]
        self.depth = np.array([skin_lightness(sight) for sight in sights], np.float64)

    def values(self, name: str) -> NDArray[np.str_]:
        """The value of one attribute on every face."""
        return np.array([face.attributes()[name].value for face in self.faces])
