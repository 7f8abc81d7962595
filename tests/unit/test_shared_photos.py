"""What a photo is, told from its bytes."""

from io import BytesIO

import pytest
from PIL import Image
from skimage.data import astronaut

from shared.errors import (
    ExpertGlassesError,
    PhotoAnimatedError,
    PhotoTooFewPixelsError,
    PhotoTooManyPixelsError,
    PhotoUnreadableError,
    UnsupportedMediaError,
)
from shared.photos import inspect

MAX = 1_000_000
PORTRAIT = Image.fromarray(astronaut()).resize((128, 96))


def encode(kind: str) -> bytes:
    """The portrait, 128 × 96, as a file."""
    out = BytesIO()
    PORTRAIT.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_accepted_photo_is_described(kind: str) -> None:
    """Format, size and media type of a real photo, without decoding it."""
    info = inspect(encode(kind), max_pixels=MAX, min_side=64)

    assert (info.format, info.width, info.height) == (kind, 128, 96)
    assert info.media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_without_its_end_is_unreadable(kind: str) -> None:
    """Given an upload that broke off / Then it is refused at the door."""
    with pytest.raises(PhotoUnreadableError):
        inspect(encode(kind)[:-40], max_pixels=MAX, min_side=64)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", encode("BMP"), encode("GIF")])
def test_what_is_no_accepted_photo_is_refused(data: bytes) -> None:
    """Empty, text, a bare signature and other image formats."""
    with pytest.raises((UnsupportedMediaError, PhotoUnreadableError)):
        inspect(data, max_pixels=MAX, min_side=64)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    """Two frames are two pictures, whatever the format."""
    out = BytesIO()
    PORTRAIT.save(out, kind, save_all=True, append_images=[PORTRAIT.rotate(180)])
    with pytest.raises(PhotoAnimatedError):
        inspect(out.getvalue(), max_pixels=MAX, min_side=64)


def test_sizes_at_the_limits_are_accepted_and_beyond_refused() -> None:
    """Both limits are inclusive."""
    data = encode("PNG")
    inspect(data, max_pixels=128 * 96, min_side=96)
    with pytest.raises(PhotoTooManyPixelsError):
        inspect(data, max_pixels=128 * 96 - 1, min_side=96)
    with pytest.raises(PhotoTooFewPixelsError):
        inspect(data, max_pixels=MAX, min_side=97)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_prefix_of_a_photo_crashes(kind: str) -> None:
    """Wherever an upload breaks off, the answer is one of our errors."""
    data = encode(kind)
    for end in range(0, len(data) - 40, 97):
        with pytest.raises(ExpertGlassesError):
            inspect(data[:end], max_pixels=MAX, min_side=64)
