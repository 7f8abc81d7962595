"""What the published models say about every face of a folder that was looked at before."""

import numpy as np
from numpy.typing import NDArray

from shared.contracts import Face
from training.faces.kept import Kept
from workers.perception.attributes import describe
from workers.perception.faceshape import FaceShapes
from workers.perception.heads import HeadReader, Opinions
from workers.perception.population import SHAPE_NOISE, load_population
from workers.perception.skin import skin_lightness


class Judged:
    """What the published models say about every face of one folder.

    Attributes:
        kept: The folder.
        opinions: What the heads say, a face each.
        faces: What comes of it, as perception tells it, without places and advice.
        depth: Lightness of the skin, degrees of the individual typology angle.
    """

    def __init__(self, kept: Kept) -> None:
        reader, population, five = HeadReader(), load_population(), FaceShapes()
        blocks = kept.features()
        self.kept = kept
        sights = list(kept.sights())
        self.opinions: list[Opinions] = [
            reader.opinions({name: block[number] for name, block in blocks.items()}, sight.male)
            for number, sight in enumerate(sights)
        ]
        self.faces = [
            Face(
                faceshape=five.probabilities(sight, said.shares("shape")),
                faceshape_noise=SHAPE_NOISE,
                **describe(sight, population, said),
            )
            for sight, said in zip(sights, self.opinions, strict=True)
        ]
        self.depth = np.array([skin_lightness(sight) for sight in sights], np.float64)

    def values(self, name: str) -> NDArray[np.str_]:
        """The value of one attribute on every face."""
        return np.array([face.attributes()[name].value for face in self.faces])
