"""Photos lose what their files tell of place, time, device and owner, and keep every pixel and the way they are held."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from shared.errors import PhotoUnreadableError
from shared.stripping import stripped

SECRETS = (b"Eagle Street 7", b"CameraSerial123", b"GPS")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6" where="Eagle Street 7"/></x:xmpmeta>'


def picture(mode: str = "RGB") -> Image.Image:
    """A picture that is different from every side."""
    tones = np.arange(96 * 64, dtype=np.uint16).reshape(64, 96) % 251
    return Image.fromarray(tones.astype(np.uint8)).convert(mode)


def told(orientation: int = 1) -> Image.Exif:
    """Metadata with place, device and owner."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CameraSerial123"
    exif[0x9286] = "Eagle Street 7"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (59.0, 56.0, 19.0)
    return exif


def encode(kind: str, mode: str = "RGB", **more: Any) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    picture(mode).save(out, kind, **more)
    return out.getvalue()


def pixels(data: bytes) -> Any:
    """What is seen: upright."""
    with Image.open(BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGBA"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_metadata_goes_and_the_picture_stays(kind: str, orientation: int) -> None:
    """Given place and device in the file / Then nothing of them is left, and the picture is seen as before."""
    data = encode(kind, exif=told(orientation))
    assert SECRETS[0] in data
    assert SECRETS[1] in data

    bare = stripped(data)

    assert not any(secret in bare for secret in SECRETS)
    assert (pixels(bare) == pixels(data)).all()
    with Image.open(BytesIO(bare)) as image:
        assert dict(image.getexif()) == ({} if orientation == 1 else {0x0112: orientation})
        assert not image.getexif().get_ifd(0x8825)
    assert stripped(bare) == bare


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"quality": 100, "subsampling": 0}])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpegs_of_every_kind(mode: str, more: dict[str, Any]) -> None:
    """Baseline and progressive, colour, grey and print colours."""
    data = encode("JPEG", mode, exif=told(), comment=b"Eagle Street 7", **more)
    bare = stripped(data)
    assert b"Eagle" not in bare
    assert (pixels(bare) == pixels(data)).all()


def test_what_follows_the_picture_goes() -> None:
    """A phone's second picture, with metadata of its own, and anything hidden behind the end."""
    first, second = encode("JPEG"), encode("JPEG", exif=told())
    assert stripped(first + second) == stripped(first)
    png = encode("PNG")
    assert stripped(png + b"Eagle Street 7") == stripped(png)


def test_orientation_that_only_xmp_tells_is_kept() -> None:
    """As browsers and Pillow read it."""
    for data in (encode("JPEG", xmp=XMP), encode("WEBP", xmp=XMP)):
        assert b"Eagle" in data
        bare = stripped(data)
        assert b"Eagle" not in bare
        with Image.open(BytesIO(bare)) as image:
            assert image.getexif()[0x0112] == 6


def test_texts_in_a_png_go() -> None:
    """Plain, packed and international texts, and unknown parts."""
    texts = PngInfo()
    texts.add_text("Author", "Eagle Street 7")
    texts.add_text("Packed", "Eagle Street 7", zip=True)
    texts.add_itxt("Place", "Eagle Street 7")
    data = encode("PNG", pnginfo=texts)
    strange = b"prVt" + b"Eagle Street 7"
    chunk = struct.pack(">I", len(strange) - 4) + strange + struct.pack(">I", zlib.crc32(strange))
    bare = stripped(data[:33] + chunk + data[33:])
    assert b"Eagle" not in bare
    assert b"tEXt" not in bare
    assert b"zTXt" not in bare
    assert (pixels(bare) == pixels(data)).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_kept(kind: str) -> None:
    """The profile goes along: without it skin would change its tone."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open(BytesIO(stripped(encode(kind, icc_profile=profile)))) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_kept(kind: str) -> None:
    """A cut-out stays one."""
    data = encode(kind, "LA" if kind == "PNG" else "RGBA")
    assert (pixels(stripped(data)) == pixels(data)).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_file_is_an_error_or_a_file_never_a_crash(kind: str) -> None:
    """Cut at every place and with every byte turned: ours to refuse, never anybody's traceback, and it always ends."""
    data = encode(kind, exif=told(6))
    for at in range(len(data)):
        for damaged in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
            try:
                stripped(damaged)
            except PhotoUnreadableError:
                continue


def test_metadata_that_lies_is_no_orientation() -> None:
    """Counts and offsets beyond the end, an orientation of 99, a broken block."""
    for block in (
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 99, 0, 0),
        b"Exif\0\0",
    ):
        segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
        data = encode("JPEG")
        assert stripped(data[:2] + segment + data[2:]) == stripped(data)
