"""The pipeline: decode, find the faces, look at the largest, judge the photo, describe the face."""

import numpy as np

from shared.contracts import Box, Face
from shared.models import find
from shared.settings import settings
from workers.perception.attributes import describe
from workers.perception.capture import advise_capture, no_face
from workers.perception.faceshape import FaceShapes
from workers.perception.heads import HeadReader
from workers.perception.look import NETWORKS, Looker
from workers.perception.mesh import Mesh
from workers.perception.photo import Photo, decode
from workers.perception.population import SHAPE_NOISE, load_population
from workers.perception.quality import measure_quality
from workers.perception.sight import Sight
from workers.perception.window import Points

MODELS = (
    *NETWORKS,
    "face-features",
    "face-embedding",
    "head-features",
    "face-parsing",
    "face-heads",
    "faceshape-geometry",
    "face-statistics",
)


class Perceiver:
    """Turns photos into faces. Make it after a fork; one per process, not shared between threads.

    Args:
        threads: Threads of one network call; workers scale by processes, so one is right.

    Raises:
        ModelNotInstalledError: Weights are missing.
        ModelDamagedError: Weights are not those in the lists.
    """

    def __init__(self, threads: int = 1) -> None:
        self._looker = Looker(threads)
        self._shapes = FaceShapes()
        self._heads = HeadReader(threads)
        self._population = load_population()
        self._versions = {name: find(name).version for name in MODELS}

    @property
    def versions(self) -> dict[str, str]:
        """Version of each model that takes part, by name."""
        return dict(self._versions)

    def perceive(self, photo: bytes) -> Face:
        """Describe the largest face of a photo.

        Raises:
            PhotoError: The photo cannot be used; where the picture is to blame, `extra["advice"]` says what
                to do better.
            UnsupportedMediaError: Not a JPEG, PNG or WebP.
        """
        given = settings()
        picture = decode(photo, max_pixels=given.max_photo_pixels, min_side=given.min_photo_side)
        faces = self._looker.faces(picture.rgb)
        if not faces:
            raise no_face()
        sight = self._looker.look(picture.rgb, faces[0])
        opinions = self._heads.read(sight)
        advice = advise_capture(sight, measure_quality(sight), len(faces), opinions)
        described = describe(sight, self._population, opinions)
        shapes = self._shapes.probabilities(sight, opinions.shares("shape"))
        face = Face(
            faceshape=shapes,
            faceshape_noise=SHAPE_NOISE,
            **described,
            advice=advice,
            faces_seen=len(faces),
        )
        return self._face(picture, sight, face)

    def _face(self, picture: Photo, sight: Sight, described: Face) -> Face:
        """`described` with where everything lies."""
        size = np.array([*picture.rgb.shape[1::-1], picture.rgb.shape[1]], dtype=np.float64)
        low, high = (end * picture.scale for end in _extent(sight.mesh))
        places = {
            "box": Box(x=low[0], y=low[1], width=high[0] - low[0], height=high[1] - low[1]),
            "image_width": picture.width,
            "image_height": picture.height,
            "pose": sight.pose,
            "landmarks": _rounded(sight.mesh.points / size),
            "irises": _irises(sight, size),
            "models": self.versions,
        }
        return described.model_copy(update=places)


def _extent(mesh: Mesh) -> tuple[Points, Points]:
    """The upper left and the lower right corner of the mesh."""
    return mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)


Triple = tuple[float, float, float]


def _rounded(rows: Points) -> tuple[Triple, ...]:
    """Five decimals: a hundredth of a pixel in a photo of 1,000."""
    return tuple((x, y, z) for x, y, z in np.round(rows, 5).tolist())


def _irises(sight: Sight, size: Points) -> tuple[Triple, Triple]:
    left, right = _rounded(np.array([[*eye.centre, eye.radius] for eye in sight.eyes]) / size)
    return left, right
