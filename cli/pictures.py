"""What a job looks like: the frames, each on the face, and the frame of one's own, as files."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from cli.client import Client

_TILE = 360  # pixels of one picture on a sheet
_LINES = 44  # pixels below it for two lines of text
_HEAD_ROOM = 1.7  # a tile shows this many times the height of the face mesh
Mark = tuple[float, float, float]  # a landmark: shares of width and height, and depth


def save_pictures(job: dict[str, Any], client: Client, out: Path) -> None:
    """Fetch every picture of a finished job and lay the recommendations out on one sheet.

    Writes into `out`: `frame-N.png` and `on-face-N.png` for each match, `design-N.png` and
    `design-N-on-face.png` for each generated frame, and `recommendations.png` with all of them.

    Raises:
        RemoteError: The service does not give a picture.
    """
    tiles = []
    marks = (job.get("face") or {}).get("landmarks") or ()
    for name, frame_path, worn_path, words in _pictures(job):
        frame, worn = client.fetch(frame_path), client.fetch(worn_path)
        number = name.removeprefix("design-")
        (out / (f"{name}.png" if number != name else f"frame-{name}.png")).write_bytes(frame)
        (out / (f"{name}-on-face.png" if number != name else f"on-face-{name}.png")).write_bytes(worn)
        tiles.append(_tile(frame, worn, marks, words))
    if tiles:
        _row(tiles).save(out / "recommendations.png")


def _pictures(job: dict[str, Any]) -> Iterator[tuple[str, str, str, tuple[str, str]]]:
    """Name, path of the picture, path of the try-on, and two lines of words for each frame of a job."""
    here = f"/v1/jobs/{job['id']}"
    matches = job.get("matches") or {"matches": []}
    for match in matches["matches"]:
        frame, catalogue = match["frame"], matches["catalogue"]
        picture = f"/v1/frames/{frame}/image?format=png&width=600&catalogue={catalogue}"
        words = (f"{match['rank']}. {match['name']}", f"score {match['score']:.3f}")
        yield str(match["rank"]), picture, f"{here}/try-on/{frame}", words
    for number, image in enumerate((job.get("design") or {}).get("images", ())):
        words = ("A frame of your own", f"seed {job['design']['seed']}")
        yield f"design-{number}", f"{here}/images/{image}", f"{here}/try-on/design-{number}", words


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
