"""What the heads say about a face: one product of the features with `models/face-heads.npz`.

Each head is a line on the features whose value is a logit; heads called `group:value` share their probability
(hair colour, face shape). Written by `training/faces/heads.py`; how well each does stands on its card.
"""

import io
import zipfile
from dataclasses import dataclass

import numpy as np

from shared.errors import ModelDamagedError
from shared.models import find, load_verified
from workers.perception.features import BLOCKS, FeatureReader, Row
from workers.perception.sight import Sight

_MOST = 40.0


@dataclass(frozen=True, slots=True)
class Opinions:
    """The logits by name of the head."""

    logits: dict[str, float]

    def share(self, name: str) -> float:
        """Probability of yes, 0 to 1."""
        return float(1 / (1 + np.exp(-np.clip(self.logits[name], -_MOST, _MOST))))

    def shares(self, group: str) -> dict[str, float]:
        """Probability of each value of a group; they sum to 1."""
        own = {
            name.partition(":")[2]: one for name, one in self.logits.items() if name.startswith(f"{group}:")
        }
        raised = np.exp(np.array(list(own.values())) - max(own.values()))
        return dict(zip(own, (raised / raised.sum()).tolist(), strict=True))


class HeadReader:
    """Loads features and heads once.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the manifest, or not valid.
    """

    def __init__(self, threads: int = 1) -> None:
        self.version = find("face-heads").version
        self._features = FeatureReader(threads)
        try:
            with np.load(io.BytesIO(load_verified("face-heads")), allow_pickle=False) as file:
                self._names: list[str] = file["names"].tolist()
                # Single precision: NumPy multiplies 16-bit numbers one by one.
                self._weights: Row = file["weights"] * file["scale"].astype(np.float32)
                self._bias, self._lean = file["bias"], file["lean"]
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            raise ModelDamagedError("The model 'face-heads' is not valid.") from error

    def read(self, sight: Sight) -> Opinions:
        """All heads on one face."""
        return self.opinions(self._features.read(sight), sight.male)

    def opinions(self, features: dict[str, Row], male: float) -> Opinions:
        """All heads on features that were read before; `male` as the gender network says, 0 to 1."""
        row = np.concatenate([features[name] for name in BLOCKS])
        logits = row @ self._weights + self._bias + self._lean * male
        return Opinions(dict(zip(self._names, logits.tolist(), strict=True)))
