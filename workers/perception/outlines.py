"""The network that sees outlines of hair, jaw, brows and lips, run once for a face (docs/decisions/0029-outlines.md)."""

from typing import NamedTuple

import numpy as np

from workers.perception.networks import Floats, NamedNetwork
from workers.perception.photo import Pixels


class Outlines(NamedTuple):
    """What it saw of a head and of its mirror image, in this order.

    Attributes:
        row: 2 × 18,432, what heads stand on: 12 × 6 cells of 256 channels.
        near: 2 × 96 × 96 × 64, the map of the first stage; none of the maps is below 0.
        middle: 2 × 48 × 48 × 128, of the second.
        far: 2 × 24 × 24 × 256, of the third.
    """

    row: Floats
    near: Floats
    middle: Floats
    far: Floats


class OutlineReader:
    """Loads the network once.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the manifest, or not valid.
    """

    def __init__(self, threads: int = 1) -> None:
        self._network = NamedNetwork("head-features", Outlines._fields, threads)

    def read(self, head: Pixels) -> Outlines:
        """Look at the cut of a head, 256 × 256 × 3."""
        return self.see(np.array([head, head[:, ::-1]]))

    def see(self, two: Pixels) -> Outlines:
        """Look at any two cuts, 2 × 256 × 256 × 3."""
        found = self._network(pixels=two.astype(np.float32))
        return Outlines(**{name: found[name] for name in Outlines._fields})
