"""Decoding: every kind of picture a camera or a person may send."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from perception_photos import astronaut, encoded, scaled
from PIL import Image

from shared.errors import (
    ExpertGlassesError,
    PhotoAnimatedError,
    PhotoTooFewPixelsError,
    PhotoTooManyPixelsError,
    PhotoUnreadableError,
    UnsupportedMediaError,
)
from workers.perception.photo import WORKING_SIDE, Photo, decode


def _decode(data: bytes, max_pixels: int = 50_000_000) -> Photo:
    return decode(data, max_pixels=max_pixels, min_side=64)


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


@pytest.mark.parametrize(("format_", "most"), [("PNG", 0.0), ("JPEG", 3.0), ("WEBP", 4.0)])
def test_accepted_formats_show_the_same_picture(format_: str, most: float) -> None:
    """PNG, JPEG and WebP decode to RGB pixels that differ no more than their compression makes them."""
    photo = _decode(encoded(astronaut(), format_, quality=95))

    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.flags["C_CONTIGUOUS"]
    assert _difference(photo.rgb, astronaut()) <= most


def test_grey_and_16_bit_pictures_become_rgb() -> None:
    """A grey picture has three equal channels; 16 bits are scaled, not clipped."""
    grey = np.asarray(Image.fromarray(astronaut()).convert("L"))

    for data in (encoded(grey), encoded(grey.astype(np.uint16) * 257)):
        photo = _decode(data)
        assert _difference(photo.rgb, np.repeat(grey[:, :, None], 3, axis=2)) <= 1.0


def test_a_dark_16_bit_picture_stays_dark() -> None:
    """16-bit values below 256 are nearly black, whatever an 8-bit reading would make of them."""
    dark = np.full((100, 100), 200, np.uint16)

    assert _decode(encoded(dark)).rgb.max() == 0


def test_transparency_lies_on_white() -> None:
    """What is transparent shows white, what is opaque stays."""
    clear = np.dstack([astronaut(), np.full(astronaut().shape[:2], 255, np.uint8)])
    clear[:100, :, 3] = 0

    photo = _decode(encoded(clear))

    assert (photo.rgb[:100] == 255).all()
    assert (photo.rgb[100:] == astronaut()[100:]).all()


def test_palettes_and_cmyk_become_rgb() -> None:
    """Colours survive a palette and a printer's JPEG roughly."""
    palette, cmyk = BytesIO(), BytesIO()
    Image.fromarray(astronaut()).quantize(256).save(palette, "PNG")
    Image.fromarray(astronaut()).convert("CMYK").save(cmyk, "JPEG", quality=95)

    assert _difference(_decode(palette.getvalue()).rgb, astronaut()) < 8
    assert _difference(_decode(cmyk.getvalue()).rgb, astronaut()) < 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_may_be_held_any_way(orientation: int) -> None:
    """Whatever the EXIF orientation, the decoded photo is what the photographer saw."""
    upright = Image.fromarray(astronaut()[:, :600])
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # to the numbers of Pillow's Transpose
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = BytesIO()
    stored.save(file, "JPEG", quality=98, exif=exif)

    photo = _decode(file.getvalue())

    assert (photo.width, photo.height) == upright.size
    assert _difference(photo.rgb, np.asarray(upright)) < 3


def test_large_photos_are_reduced_and_remember_their_size() -> None:
    """A photo of 12 megapixels is worked on at no more than the working side, by either road."""
    large = scaled(astronaut(), 3.6)
    for format_ in ("JPEG", "PNG"):
        photo = _decode(encoded(large, format_))
        assert max(photo.rgb.shape) <= WORKING_SIDE
        assert (photo.width, photo.height) == (3456, 3456)
        assert photo.scale == pytest.approx(3456 / photo.rgb.shape[1])


def test_bad_files_get_their_own_errors() -> None:
    """Each kind of bad file is refused with the error that names it."""
    good = encoded(astronaut(), "JPEG")
    frames = [Image.fromarray(np.full((80, 80, 3), shade, np.uint8)) for shade in (0, 255)]
    animation = BytesIO()
    frames[0].save(animation, "GIF", save_all=True, append_images=frames[1:])

    for data, error in (
        (b"this is no picture", UnsupportedMediaError),
        (b"", UnsupportedMediaError),
        (encoded(astronaut(), "BMP"), UnsupportedMediaError),
        (good[: len(good) // 2], PhotoUnreadableError),
        (animation.getvalue(), PhotoAnimatedError),
        (encoded(np.zeros((1, 1, 3), np.uint8)), PhotoTooFewPixelsError),
    ):
        with pytest.raises(error):
            _decode(data)
    with pytest.raises(PhotoTooManyPixelsError):
        _decode(good, max_pixels=100_000)


def test_data_lost_in_the_middle_is_a_damaged_photo() -> None:
    """A PNG whose end is there but whose pixels are not is unreadable, not a crash."""
    good = encoded(astronaut())

    with pytest.raises(PhotoUnreadableError):
        _decode(good[:5000] + good[-5000:])


@hypothesis_settings(max_examples=60, deadline=None)
@given(data=st.data(), format_=st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_damage_anywhere_ends_in_a_photo_or_a_named_error(data: st.DataObject, format_: str) -> None:
    """Given a file with any stretch of bytes overwritten, decoding returns pixels or one of our errors."""
    damaged = bytearray(encoded(astronaut()[300:460, 300:460], format_))
    start = data.draw(st.integers(0, len(damaged) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=40))
    damaged[start : start + len(junk)] = junk
    try:
        outcome: Photo | ExpertGlassesError = _decode(bytes(damaged))
    except ExpertGlassesError as error:
        outcome = error

    assert outcome.rgb.ndim == 3 if isinstance(outcome, Photo) else outcome.status in {415, 422}
