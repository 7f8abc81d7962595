"""Pictures of a shop's frames: read by the tagger where they are good, harmless where they are not."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import current, folder_of
from shared.errors import CatalogueInvalidError
from shared.eyewear.render import render_png
from shared.eyewear.spec import Colour, FrameSpec, Material, Nose, Rim, Shape
from shared.outbound import Outbound
from workers.search.importing import pictures as pictures_module
from workers.search.importing.pictures import PictureError, open_pictures, pixels_of
from workers.search.importing.report import Report
from workers.search.importing.table import import_table

ROUND = FrameSpec(
    shape=Shape.ROUND, rim=Rim.FULL, material=Material.METAL, color=Colour.GOLD, second=Colour.GOLD, nose=Nose.PADS,
    lens_width=47.0, lens_height=45.0, bridge_width=21.0, rim_top=1.4, rim_bottom=1.3, rim_side=1.3, end_piece=6.0,
)  # fmt: skip
TABLE = "sku,color,image\nA,,{a}\nB,red,{b}\n"


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A drawn frame on white, as a JPEG."""
    drawn = Image.open(io.BytesIO(render_png(ROUND, 600)))
    page = Image.new("RGB", drawn.size, "white")
    page.paste(drawn, mask=drawn.getchannel("A"))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90)
    return out.getvalue()


def folder_with(home: Path, files: dict[str, bytes]) -> Path:
    """A folder of pictures."""
    root = home / "pictures"
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def zip_with(home: Path, files: Iterable[tuple[str, bytes]]) -> Path:
    """A zip of pictures."""
    path = home / "pictures.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files:
            packed.writestr(name, data)
    return path


def take(home: Path, images: Path | str, *, a: str = "a.jpg", b: str = "b.jpg", text: str = TABLE) -> Report:
    """Import two rows with these pictures."""
    table = home / "table.csv"
    table.write_text(text.format(a=a, b=b))
    return import_table(table, "shop", images=images, data_dir=home)


def details(home: Path, frame: str) -> dict[str, Any]:
    """What a shopper reads of a frame."""
    catalogue = Catalogue("shop", folder_of(home, "shop") / current(home, "shop"))
    found: dict[str, Any] = catalogue.tell(catalogue.find(frame))["details"]
    return found


def only_reason(report: Report) -> tuple[int, str, str]:
    """Row, severity and reason of the one problem there is."""
    (problem,) = report.problems
    return problem.row, problem.severity, problem.reason


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_what_columns_lack_is_read_from_the_picture(tmp_path: Path, photo: bytes, kind: str) -> None:
    """Given a photo for each row / If imported / Then empty columns are filled from it, full ones stay, and it is said."""
    files = {"a.jpg": photo, "deep/B.JPG": photo}
    images = folder_with(tmp_path, files) if kind == "folder" else zip_with(tmp_path, files.items())
    report = take(tmp_path, images, b="b.jpg")
    assert (report.accepted, report.photos, report.problems) == (2, 2, ())
    assert report.from_photos["shape"] == 2
    assert report.from_photos["color"] == 1
    first, second = details(tmp_path, "A"), details(tmp_path, "B")
    assert first["rim"] == second["rim"] == "full_rim"
    assert first["material"] == "metal"
    assert second["color"] == "red"
    assert "color" in first["read_from_photo"].split(", ")
    assert "color" not in second["read_from_photo"].split(", ")


def test_pictures_are_found_by_the_frames_id(tmp_path: Path, photo: bytes) -> None:
    """Given no column of pictures / If one is called like the frame / Then it is that frame's."""
    images = folder_with(tmp_path, {"A.jpg": photo, "B.png": photo})
    report = take(tmp_path, images, text="sku,color\nA,\nC,red\n")
    assert (report.photos, report.problems) == (1, ())
    assert "read_from_photo" in details(tmp_path, "A")
    assert "read_from_photo" not in details(tmp_path, "C")


@pytest.mark.parametrize(
    "path",
    ["../secret.jpg", "/etc/passwd", "..\\..\\secret.jpg", "a/../../secret.jpg", "C:\\secret.jpg", "x\0.jpg"],
)
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_path_that_leads_outside_costs_its_row(tmp_path: Path, photo: bytes, path: str, kind: str) -> None:
    """Given a row whose picture lies outside / If imported / Then that row is refused, and the file is never read."""
    (tmp_path / "secret.jpg").write_bytes(photo)
    files = {"a.jpg": photo}
    images = folder_with(tmp_path, files) if kind == "folder" else zip_with(tmp_path, files.items())
    report = take(tmp_path, images, b=path)
    assert report.accepted == 1
    assert only_reason(report) == (1, "rejected", "the picture's path leads outside of the pictures")


def test_a_link_that_leads_outside_costs_its_row(tmp_path: Path, photo: bytes) -> None:
    """Given a link in the folder to a file outside / If imported / Then the row is refused."""
    (tmp_path / "secret.jpg").write_bytes(photo)
    images = folder_with(tmp_path, {"a.jpg": photo})
    (images / "b.jpg").symlink_to(tmp_path / "secret.jpg")
    assert "outside" in only_reason(take(tmp_path, images))[2]


def test_entries_of_a_zip_that_lead_outside_are_not_there(tmp_path: Path, photo: bytes) -> None:
    """Given entries named `../b.jpg` and `/b.jpg` / If a row asks for b.jpg / Then there is no such picture."""
    images = zip_with(tmp_path, [("a.jpg", photo), ("../b.jpg", photo), ("/b.jpg", photo)])
    report = take(tmp_path, images)
    assert report.accepted == 2
    assert only_reason(report) == (1, "warning", "there is no picture 'b.jpg'")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalogues", "pictures.zip", "table.csv"]


def test_a_missing_picture_leaves_the_frame(tmp_path: Path, photo: bytes) -> None:
    """Given a row whose picture is not there / If imported / Then the frame is, with a warning."""
    report = take(tmp_path, folder_with(tmp_path, {"a.jpg": photo}))
    assert (report.accepted, report.photos) == (2, 1)
    assert only_reason(report)[1] == "warning"


def _bomb_png() -> bytes:
    """A PNG of 30,000 × 30,000 pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


NO_PICTURES = {
    "words": b"I am not an image",
    "nothing": b"",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "bomb": _bomb_png(),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
}


@pytest.mark.parametrize("what", [*NO_PICTURES, "torn"])
def test_what_is_no_picture_costs_its_row(tmp_path: Path, photo: bytes, what: str) -> None:
    """Given words, vectors, a torn file or a pixel bomb called .jpg / If imported / Then that row alone is refused."""
    data = photo[: len(photo) // 2] if what == "torn" else NO_PICTURES[what]
    report = take(tmp_path, folder_with(tmp_path, {"a.jpg": photo, "b.jpg": data}))
    assert (report.accepted, report.photos) == (1, 1)
    row, severity, reason = only_reason(report)
    assert (row, severity) == (1, "rejected")
    assert reason.startswith("the picture")


def test_a_picture_of_nothing_leaves_the_frame(tmp_path: Path, photo: bytes) -> None:
    """Given a blank photo / If imported / Then nothing is read from it and the frame stays."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "PNG")
    report = take(tmp_path, folder_with(tmp_path, {"a.jpg": photo, "b.jpg": out.getvalue()}))
    assert only_reason(report) == (1, "warning", "the picture shows no frame")


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """Given a zip of many huge files of zeros / If imported / Then refused by what its own directory says."""
    images = zip_with(tmp_path, [(f"{number}.jpg", bytes(50_000_000)) for number in range(45)])
    assert images.stat().st_size < 3_000_000
    with pytest.raises(CatalogueInvalidError, match="would unpack to"):
        take(tmp_path, images)


def test_one_bomb_among_pictures_costs_its_row(tmp_path: Path, photo: bytes) -> None:
    """Given one entry that unpacks a thousandfold / If imported / Then that row is refused."""
    images = zip_with(tmp_path, [("a.jpg", photo), ("b.jpg", bytes(19_000_000))])
    report = take(tmp_path, images)
    assert only_reason(report) == (1, "rejected", "the picture is a zip bomb")


def test_a_zip_that_lies_about_sizes_is_cut_off(tmp_path: Path, photo: bytes, monkeypatch: Any) -> None:
    """Given an entry larger than a picture may be, whatever is declared / If read / Then no more than allowed is."""
    monkeypatch.setattr(pictures_module, "_MOST_BYTES", 10_000)
    noise = np.random.default_rng(1).integers(0, 256, 50_000, np.uint8).tobytes()
    images = zip_with(tmp_path, [("b.jpg", noise)])
    data = bytearray(images.read_bytes())
    for mark, place in (
        (b"PK\x03\x04", 22),
        (b"PK\x01\x02", 24),
    ):  # local header and directory: unpacked size
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 100)
    images.write_bytes(data)
    with open_pictures(images) as found:
        assert found is not None
        (answer,) = found.load(["b.jpg"])
    assert isinstance(answer, PictureError)
    assert answer.hostile


@pytest.mark.parametrize("content", [b"no zip", b"PK\x05\x06", b"PK\x03\x04" + bytes(100)])
def test_a_damaged_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    """Given a file that is no zip / If imported / Then refused, and nothing is in force."""
    images = tmp_path / "pictures.zip"
    images.write_bytes(content)
    with pytest.raises(CatalogueInvalidError, match="zip of pictures"):
        take(tmp_path, images)


def test_a_locked_zip_costs_rows_not_the_import(tmp_path: Path, photo: bytes) -> None:
    """Given an encrypted entry / If imported / Then its row is refused."""
    images = zip_with(tmp_path, [("b.jpg", photo)])
    data = bytearray(images.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    images.write_bytes(data)
    with open_pictures(images) as found:
        assert found is not None
        (answer,) = found.load(["b.jpg"])
    assert isinstance(answer, PictureError)
    assert "unpacked" in str(answer)


def test_no_pictures_there_is_said(tmp_path: Path) -> None:
    """Given a folder that is not there / If imported / Then said."""
    with pytest.raises(CatalogueInvalidError, match="no pictures at"):
        take(tmp_path, tmp_path / "none")


def test_addresses_are_fetched_only_when_asked(tmp_path: Path, monkeypatch: Any) -> None:
    """Given a column of addresses / If imported without a word / Then nothing goes out."""

    def out(*_: object, **__: object) -> None:
        raise AssertionError("nothing may go out")

    monkeypatch.setattr(Outbound, "get", out)
    table = tmp_path / "table.csv"
    table.write_text("sku,color,image url\nA,red,https://shop.example/a.jpg\n")
    assert import_table(table, "shop", data_dir=tmp_path).accepted == 1


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"]
)
def test_addresses_inside_the_house_are_not_fetched(tmp_path: Path, monkeypatch: Any, address: str) -> None:
    """Given a public name that leads to a private machine / If fetched / Then refused, and the frame stays."""
    monkeypatch.setattr(
        Outbound,
        "from_settings",
        lambda _config: Outbound(resolver=lambda _host, _port: ["93.184.215.14", address]),
    )
    text = "sku,color,image url\nA,red,https://shop.example/a.jpg\n"
    report = take(tmp_path, "urls", text=text)
    row, severity, reason = only_reason(report)
    assert (row, severity, report.accepted) == (0, "warning", 1)
    assert "not public" in reason


def test_fetched_pictures_are_read_and_failures_told(tmp_path: Path, photo: bytes, monkeypatch: Any) -> None:
    """Given a shop that answers one picture and a redirect / If fetched / Then one is read, the other a warning."""

    class Answer:
        def __init__(self, status: int, body: bytes) -> None:
            self.status, self.body = status, body

    def get(_self: object, url: str, *, max_bytes: int, seconds: float) -> Answer:
        return Answer(200, photo) if url.endswith("a.jpg") else Answer(302, b"")

    monkeypatch.setattr(Outbound, "get", get)
    text = "sku,color,image url\nA,,https://shop.example/a.jpg\nB,red,https://shop.example/b.jpg\n"
    report = take(tmp_path, "urls", text=text)
    assert (report.accepted, report.photos) == (2, 1)
    assert only_reason(report) == (1, "warning", "the picture was not fetched: the shop answered 302")
    assert details(tmp_path, "A")["rim"] == "full_rim"


def test_a_large_picture_is_read_small(photo: bytes) -> None:
    """Given a photo of many pixels / If decoded / Then at most 960 wide, and transparency stays."""
    out = io.BytesIO()
    Image.open(io.BytesIO(photo)).resize((3000, 1500)).save(out, "JPEG")
    assert pixels_of(out.getvalue()).shape == (480, 960, 3)
    assert pixels_of(render_png(ROUND, 300)).shape == (150, 300, 4)
