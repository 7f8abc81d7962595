"""What the tagger reads from the pictures of some rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.errors import FrameInvalidError
from workers.search.importing.pictures import BY_URL, PictureError, Pictures, pixels_of

if TYPE_CHECKING:
    from shared.eyewear.tagger import Tagger, Tags


class Photos:
    """Reads pictures where there are any.

    Args:
        pictures: Where they are.
        images: As `open_pictures` took it.
    """

    def __init__(self, pictures: Pictures, images: object) -> None:
        self._pictures = pictures
        self._by_url = images == BY_URL
        self._tagger: Tagger | None = None

    def wanted(self, image: str | None, image_url: str | None, frame_id: str) -> str | None:
        """The path or address of a row's picture; nothing when it names none."""
        if self._by_url:
            return image_url
        return image or image_url or self._pictures.named(frame_id)

    def read(self, wanted: Sequence[tuple[str | None, float | None]]) -> list["Tags | PictureError | None"]:
        """Tags of some pictures; nothing where none is wanted.

        Args:
            wanted: Path or address of each, and the width of its front in mm where it is known.
        """
        asked = [path for path, _ in wanted if path is not None]
        files = self._pictures.load(asked)
        return [None if path is None else self._tags(next(files), width) for path, width in wanted]

    def _tags(self, file: bytes | PictureError, width_mm: float | None) -> "Tags | PictureError":
        if isinstance(file, PictureError):
            return file
        if self._tagger is None:
            from shared.eyewear.tagger import Tagger  # noqa: PLC0415  only pictures need the network

            self._tagger = Tagger()
        try:
            return self._tagger.read(pixels_of(file), width_mm=width_mm)
        except PictureError as error:
            return error
        except FrameInvalidError:
            return PictureError("the picture shows no frame")
