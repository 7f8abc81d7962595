"""The networks together: from pixels to everything that was seen of a face."""

from workers.perception.detect import Detector
from workers.perception.eyes import EyeReader
from workers.perception.faces import FaceFinder
from workers.perception.gender import GenderNetwork
from workers.perception.mesh import Mesh, MeshFitter
from workers.perception.networks import LiteNetwork
from workers.perception.photo import Pixels
from workers.perception.sight import Sight

NETWORKS = ("face-detection", "face-mesh", "eye-contour", "gender")


class Looker:
    """Loads the networks. Make it after a fork; one per process, not shared between threads.

    Args:
        threads: Threads of one network call; workers scale by processes, so one is right.

    Raises:
        ModelNotInstalledError: Weights are missing.
        ModelDamagedError: Weights are not those in the lists.
    """

    def __init__(self, threads: int = 1) -> None:
        detection, mesh, eye = (LiteNetwork(name, threads) for name in NETWORKS[:3])
        self._finder = FaceFinder(Detector(detection), MeshFitter(mesh))
        self._eyes = EyeReader(eye)
        self._gender = GenderNetwork()

    def faces(self, rgb: Pixels) -> list[Mesh]:
        """The mesh of every face, the largest face first; empty when there is none."""
        return self._finder.find(rgb)

    def look(self, rgb: Pixels, mesh: Mesh) -> Sight:
        """Read the eyes and the gender of one face."""
        return Sight(rgb, mesh, self._eyes.read(rgb, mesh), self._gender.male(rgb, mesh))
