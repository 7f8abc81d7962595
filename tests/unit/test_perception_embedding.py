"""The network that tells people apart: where it looks, how it came here, and who counts as one person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from perception_photos import Rgb, astronaut, encoded, exposed, perceiver, rotated, scaled

from shared.telemetry import _no_biometrics
from training.faces import embedding
from training.faces.identities import merged
from workers.perception.crop import Crop
from workers.perception.embedding import CHIP, EmbeddingReader, chip
from workers.perception.look import Looker
from workers.perception.points import EYE_OUTER, NOSE_BASE


@pytest.fixture(scope="module")
def looker() -> Looker:
    """The networks that find and measure a face."""
    return Looker()


def _head(looker: Looker, rgb: Rgb) -> Crop:
    return looker.look(rgb, looker.faces(rgb)[0]).head


def _numbers(looker: Looker, rgb: Rgb) -> NDArray[np.float32]:
    return EmbeddingReader().read(_head(looker, rgb))["embedding"][:128]


def test_eyes_and_nose_come_to_their_places(looker: Looker) -> None:
    """Given a head painted with dots where the mesh has eyes and nose / Then the chip shows them level, and a smaller scale nearer together."""
    head = _head(looker, astronaut())
    dots = np.zeros_like(head.rgb)
    for number in (EYE_OUTER.left, EYE_OUTER.right, NOSE_BASE):
        x, y = np.round(head.points[number]).astype(int)
        dots[y - 2 : y + 3, x - 2 : x + 3] = 255
    apart = []
    for scale in (1.0, 0.85):
        lit = chip(Crop(dots, head.points, head.inside), scale).max(axis=2) > 100
        columns = np.flatnonzero(lit[: CHIP // 2].any(axis=0))
        rows = [
            np.flatnonzero(lit[: CHIP // 2, part].any(axis=1)).mean()
            for part in (slice(0, 75), slice(75, None))
        ]
        assert rows[0] == pytest.approx(rows[1], abs=3)
        apart.append(float(columns.max() - columns.min()))
        assert (columns.max() + columns.min()) / 2 == pytest.approx(CHIP / 2, abs=4)
    assert apart[1] / apart[0] == pytest.approx(0.85, abs=0.03)


def test_a_person_stays_the_same_person(looker: Looker) -> None:
    """Darker, turned, smaller or in the mirror she lies far closer to herself than the 0.6 that part two people."""
    plain = _numbers(looker, astronaut())
    for other in (
        exposed(astronaut(), 0.7),
        rotated(astronaut(), 12),
        scaled(astronaut(), 0.5),
        np.ascontiguousarray(astronaut()[:, ::-1]),
    ):
        assert np.linalg.norm(_numbers(looker, other) - plain) < 0.3


def _long(value: Any, place: str = "") -> Iterator[str]:
    """Where a list of a hundred numbers or more lies."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _long(one, f"{place}/{name}")
    elif isinstance(value, list):
        numbers = [one for one in value if isinstance(one, int | float)]
        if len(numbers) >= 100:
            yield place
        for one in value:
            yield from _long(one, place)


def test_what_says_who_somebody_is_is_told_to_nobody() -> None:
    """Given a described face / Then no list in it is long enough for an embedding; and a log that is handed one withholds it."""
    face = perceiver().perceive(encoded(astronaut())).model_dump(mode="json")

    assert not list(_long(face))
    assert not [name for name in face if "embed" in name]
    assert (
        _no_biometrics(None, "info", {"event": "perceived", "embedding": [0.1]})["embedding"] == "[withheld]"
    )


def _whole(number: int) -> bytes:
    size = max((number.bit_length() + 7) // 8, 1)
    return bytes([size]) + number.to_bytes(size, "little")


def _array(values: NDArray[np.float32]) -> bytes:
    return b"".join(map(_whole, (2, len(values), 1, 1, 1))) + values.astype("<f4").tobytes()


def _layers() -> Iterator[tuple[bytes, NDArray[np.float32]]]:
    """Small ones: two stages of one block each, filters drawn at random."""
    rng = np.random.default_rng(3)
    given = 3
    for channels, side in ((32, 7), (32, 3), (32, 3), (64, 3), (64, 3)):
        yield b"\x05con_4", rng.normal(0, 0.05, channels * given * side * side + channels).astype(np.float32)
        yield b"\x07affine_", rng.normal(1, 0.1, 2 * channels).astype(np.float32)
        given = channels
    yield b"\x04fc_2", rng.normal(0, 0.1, 64 * 128).astype(np.float32)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of two stages, of which the first is the last but one."""
    monkeypatch.setattr(embedding, "_STAGES", ((32, 1, False), (64, 1, True)))


@pytest.mark.usefixtures("small")
def test_weights_in_dlib_s_format_become_the_network(tmp_path: Path) -> None:
    """Given a file with layers between other bytes / Then every array is read, and the network built of them gives numbers and a map."""
    layers = list(_layers())
    sizes = _whole(128) + _whole(64)
    parts = [name + (sizes if name.endswith(b"fc_2") else b"") + _array(values) for name, values in layers]
    file = tmp_path / "network.dat"
    file.write_bytes(b"head" + b"between".join(parts) + b"tail")

    arrays = embedding.read_weights(file)
    model = embedding.build(arrays)
    found = model(np.full((embedding.PICTURES, CHIP, CHIP, 3), 128, np.float32))

    assert all((one == other).all() for one, (_, other) in zip(arrays, layers, strict=True))
    assert tuple(found["embedding"].shape) == (4, 128)
    assert tuple(found["grid"].shape) == (4, 35, 35, 32)
    assert float(np.min(found["grid"])) >= 0


@pytest.mark.usefixtures("small")
def test_another_network_is_refused(tmp_path: Path) -> None:
    """A file with a layer too few is not taken for this network."""
    name, values = next(_layers())
    file = tmp_path / "network.dat"
    file.write_bytes(name + _array(values))

    with pytest.raises(ValueError, match="holds 1 layers, not 11"):
        embedding.read_weights(file)


def test_ids_that_lie_close_are_one_person_also_by_way_of_others() -> None:
    """Given four ids in a row, 0.3 apart but for the last / Then three are one person, although the outer two lie 0.6 apart."""
    centres = np.zeros((4, 128), np.float32)
    centres[:, 0] = (0.0, 0.3, 0.6, 1.2)
    which = np.repeat(np.arange(4), 5)
    photos = centres[which] + np.random.default_rng(1).normal(0, 0.01, (20, 128)).astype(np.float32)

    assert merged(which, photos).tolist() == [0, 0, 0, 3]
