"""Features of many faces as one table, every block with its share of the whole."""

from typing import NamedTuple

import numpy as np

from training.faces.kept import Block
from training.faces.ridge import Table
from workers.perception.features import BLOCKS

# How much each block of features counts in a distance between two faces. Found on people held out: skin and
# hair colours carry light, too, and more of them makes every head worse but those for hair.
SHARES = {
    "face": 1.0,
    "wide": 1.0,
    "low": 1.0,
    "high": 1.0,
    "outline": 6.0,
    "hog": 0.8,
    "lab": 0.4,
    "mesh": 0.7,
    "hairmask": 0.0,
    "embedding": 2.0,
    "grid": 4.0,
}
# For hair: colours by its mask, chosen among 0 to 10 on people held out.
HAIR_SHARES = SHARES | {"hairmask": 3.6, "embedding": 1.0, "grid": 2.0}
# For gender: as much as all that looks at hair and outline.
GENDER_SHARES = SHARES | {"embedding": 6.0, "grid": 0.0}
# For face shape: more of the rest tells people held out a little better, and two photos of one person less alike (decision 34).
SHAPE_SHARES = SHARES | {"embedding": 60.0, "grid": 60.0}


class Standard(NamedTuple):
    """What turns features into the table: `(features - mean) * scale`, a number each."""

    mean: Table
    scale: Table

    def apply(self, features: Table) -> Table:
        """Rows of features to rows of the table, in place."""
        features -= self.mean
        features *= self.scale
        return features


def joined(blocks: dict[str, Block]) -> Table:
    """The blocks side by side, as heads take them."""
    return np.concatenate([blocks[name] for name in BLOCKS], axis=1, dtype=np.float32)


def standard(parts: list[dict[str, Block]], shares: dict[str, float]) -> Standard:
    """The standard of the photos in `parts`, each block with its share."""
    means, scales, whole = [], [], sum(shares.values())
    for name in BLOCKS:
        share = shares[name]
        column = np.concatenate([blocks[name] for blocks in parts])
        spread = column.std(axis=0)
        spread += np.float32(1e-3 * float(column.std()) + 1e-6)
        means.append(column.mean(axis=0))
        scales.append(np.sqrt(share / whole / column.shape[1]) / spread)
    return Standard(np.concatenate(means), np.concatenate(scales).astype(np.float32))
