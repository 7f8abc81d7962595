"""What a job looks like: the frames, each on the face, and the frame of one's own, as files."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw, ImageFont

from cli.client import Client
from gateway.pictures import frame_picture, plain_view, wear
from gateway.shelf import spec_of
from shared.catalogues import Catalogue
from shared.contracts import Face
from shared.eyewear.spec import FrameSpec

_TILE = 360  # pixels of one picture on a sheet
_LINES = 44  # pixels below it for two lines of text
_HEAD_ROOM = 1.7  # a tile shows this many times the height of the face mesh
_WIDTH = 600  # pixels of a frame's picture

Mark = tuple[float, float, float]  # a landmark: shares of width and height, and depth
Pictured = tuple[tuple[str, str], bytes, bytes, tuple[str, str]]


class Studio(Protocol):
    """Where the pictures of a finished job come from; each is the bytes of an image file."""

    def frame(self, match: dict[str, Any]) -> bytes:
        """A recommended frame."""

    def worn(self, frame_id: str) -> bytes:
        """A frame on the face: a match's id, or `design-N`."""

    def design(self, name: str) -> bytes:
        """A generated frame."""


class RemoteStudio:
    """A running service draws.

    Args:
        client: Talks to it.
        job: A finished job.
    """

    def __init__(self, client: Client, job: dict[str, Any]) -> None:
        self._client = client
        self._job = f"/v1/jobs/{job['id']}"
        self._catalogue = (job.get("matches") or {}).get("catalogue")

    def frame(self, match: dict[str, Any]) -> bytes:
        """As a shop's page shows it."""
        where = f"format=png&width={_WIDTH}&catalogue={self._catalogue}"
        return self._client.fetch(f"/v1/frames/{match['frame']}/image?{where}")

    def worn(self, frame_id: str) -> bytes:
        """On the photo as the service keeps it."""
        return self._client.fetch(f"{self._job}/try-on/{frame_id}")

    def design(self, name: str) -> bytes:
        """As the generator drew it."""
        return self._client.fetch(f"{self._job}/images/{name}")


class LocalStudio:
    """This process draws.

    Args:
        catalogue: Of the matches.
        face: With landmarks.
        photo: The file's bytes.
        designs: Generated frames by name.
    """

    def __init__(self, catalogue: Catalogue, face: Face, photo: bytes, designs: dict[str, bytes]) -> None:
        self._catalogue, self._face, self._designs = catalogue, face, designs
        self._view = plain_view(photo)

    def frame(self, match: dict[str, Any]) -> bytes:
        """As a service would draw it."""
        return frame_picture(self._spec(match["frame"]), "png", _WIDTH)

    def worn(self, frame_id: str) -> bytes:
        """On the photo, upright."""
        made = self._designs.get(f"{frame_id}.png")
        return wear(self._view, self._face, self._spec(frame_id) if made is None else made, "png")

    def design(self, name: str) -> bytes:
        """As the generator drew it."""
        return self._designs[name]

    def _spec(self, frame_id: str) -> FrameSpec:
        return spec_of(self._catalogue, self._catalogue.find(frame_id))


def save_pictures(job: dict[str, Any], studio: Studio, out: Path) -> None:
    """Every picture of a finished job, and the recommendations on one sheet.

    Writes into `out`: `frame-N.png` and `on-face-N.png` for each match, `design-N.png` and
    `design-N-on-face.png` for each generated frame, and `recommendations.png` with all of them.

    Raises:
        RemoteError: The service does not give a picture.
    """
    tiles = []
    marks = (job.get("face") or {}).get("landmarks") or ()
    for names, frame, worn, words in _pictures(job, studio):
        for name, picture in zip(names, (frame, worn), strict=True):
            (out / name).write_bytes(picture)
        tiles.append(_tile(frame, worn, marks, words))
    if tiles:
        _row(tiles).save(out / "recommendations.png")


def _pictures(job: dict[str, Any], studio: Studio) -> Iterator[Pictured]:
    """Names of the files, the frame, the frame on the face, and two lines of words for each frame of a job."""
    for match in (job.get("matches") or {"matches": []})["matches"]:
        words = (f"{match['rank']}. {match['name']}", f"score {match['score']:.3f}")
        names = (f"frame-{match['rank']}.png", f"on-face-{match['rank']}.png")
        yield names, studio.frame(match), studio.worn(match["frame"]), words
    design = job.get("design") or {}
    for number, image in enumerate(design.get("images", ())):
        words = ("A frame of your own", f"seed {design['seed']}")
        names = (f"design-{number}.png", f"design-{number}-on-face.png")
        yield names, studio.design(image), studio.worn(f"design-{number}"), words


def _tile(frame: bytes, worn: bytes, marks: Sequence[Mark], words: tuple[str, str]) -> Image.Image:
    """The frame above the head that wears it, and the words below."""
    tile = Image.new("RGB", (_TILE, _TILE // 2 + _TILE + _LINES), "white")
    picture = Image.open(io.BytesIO(frame)).convert("RGBA")
    picture.thumbnail((_TILE, _TILE // 2))
    tile.paste(picture, ((_TILE - picture.width) // 2, 0), picture)
    photo = Image.open(io.BytesIO(worn)).convert("RGB")
    head = photo.resize((_TILE, _TILE), Image.Resampling.LANCZOS, box=_around(marks, photo.size))
    tile.paste(head, (0, _TILE // 2))
    pen, font = ImageDraw.Draw(tile), ImageFont.load_default(16)
    for line, text in enumerate(words):
        pen.text(
            (_TILE / 2, _TILE * 1.5 + 12 + 20 * line), text, "black" if line == 0 else "dimgrey", font, "mm"
        )
    return tile


def _around(marks: Sequence[Mark], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The square around the face mesh, as far as the photo reaches: left, top, right, bottom in pixels."""
    width, height = size
    across, down = ([mark[axis] * size[axis] for mark in marks] for axis in (0, 1))
    side = min(_HEAD_ROOM * (max(down) - min(down)), width, height)
    left = min(max((min(across) + max(across) - side) / 2, 0), width - side)
    top = min(max((min(down) + max(down) - side) / 2, 0), height - side)
    return left, top, left + side, top + side


def _row(tiles: list[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (sum(tile.width for tile in tiles), tiles[0].height), "white")
    for place, tile in enumerate(tiles):
        sheet.paste(tile, (place * _TILE, 0))
    return sheet
