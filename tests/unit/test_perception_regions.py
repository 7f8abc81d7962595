"""Masks of a head, and the colour of hair by its mask."""

import numpy as np
import pytest
from perception_photos import Rgb, astronaut

from shared.errors import ModelDamagedError
from workers.perception.crop import SIZE, Crop
from workers.perception.hair import hair_numbers
from workers.perception.look import Looker
from workers.perception.networks import NamedNetwork
from workers.perception.outlines import OutlineReader
from workers.perception.points import CHEEKS, CHIN, NOSE_TIP
from workers.perception.regions import Map, Region, RegionReader
from workers.perception.sight import Sight


@pytest.fixture(scope="module")
def looker() -> Looker:
    """The networks that find and measure a face."""
    return Looker()


def _seen(looker: Looker, rgb: Rgb) -> tuple[Sight, Map]:
    sight = looker.look(rgb, looker.faces(rgb)[0])
    return sight, RegionReader().read(sight, OutlineReader().read(sight.head.rgb))


def test_a_portrait_falls_into_its_regions(looker: Looker) -> None:
    """The astronaut has skin on nose and cheeks, hair around the face, eyes and lips where the mesh has them, no hat, no glasses."""
    sight, regions = _seen(looker, astronaut())
    head = sight.head

    nose = np.round(head.points[NOSE_TIP]).astype(int)
    assert regions[nose[1], nose[0]] == Region.SKIN
    assert (regions[head.polygon(*CHEEKS)] == Region.SKIN).mean() > 0.95
    for lid in sight.lids:
        assert (regions[head.outline(lid)] == Region.EYES).mean() > 0.6
    lips = np.array([head.points[61], head.points[0], head.points[291], head.points[17]])
    assert np.isin(regions[head.outline(lips)], (Region.LIPS, Region.MOUTH)).mean() > 0.8
    assert 0.1 < (regions == Region.HAIR).mean() < 0.5
    assert (regions[: int(head.points[:, 1].min())] == Region.HAIR).mean() > 0.1
    assert not np.isin(regions[: int(head.points[CHIN, 1])], (Region.GLASSES, Region.HAT)).mean() > 0.01


def test_a_portrait_in_the_mirror_falls_into_the_same_regions(looker: Looker) -> None:
    """The map of the mirrored photo, mirrored back, is all but that of the photo."""
    _, regions = _seen(looker, astronaut())
    _, mirrored = _seen(looker, np.ascontiguousarray(astronaut()[:, ::-1]))

    assert (regions == mirrored[:, ::-1]).mean() > 0.96


def _painted(hair: tuple[int, int, int]) -> tuple[Crop, Map]:
    """A head whose upper third is hair of one colour, with a fringe of green where it meets the skin."""
    regions = np.full((SIZE, SIZE), Region.SKIN, np.uint8)
    regions[:80] = Region.HAIR
    rgb = np.zeros((SIZE, SIZE, 3), np.uint8)
    rgb[:78], rgb[78:80], rgb[80:] = hair, (0, 255, 0), (200, 160, 140)
    return Crop(rgb, np.zeros((468, 2)), np.ones((SIZE, SIZE), dtype=bool)), regions


def test_light_hair_is_lighter_and_the_fringe_does_not_count() -> None:
    """Given black and blonde hair / Then its lightness and yellow rise, skin stays, and all products follow."""
    black, blonde = (hair_numbers(*_painted(colour)) for colour in ((20, 18, 18), (215, 185, 130)))

    assert len(black) == 7 + 28
    assert blonde[0] > black[0] + 2
    assert blonde[2] > black[2]
    np.testing.assert_allclose(blonde[3:7], black[3:7])
    assert blonde[7] == pytest.approx(blonde[0] ** 2)
    assert abs(black[1]) < 2, "green has an a of -80"


def test_where_no_hair_is_seen_it_is_as_usual() -> None:
    """Without hair its colours are 0, the usual ones, and its share is below the usual one."""
    head, regions = _painted((20, 18, 18))
    found = hair_numbers(head, np.full_like(regions, Region.SKIN))

    assert (found[:3] == 0).all()
    assert found[3] < -1


def test_a_network_of_another_version_is_named() -> None:
    """A model that lacks a named output is no model for this worker."""
    with pytest.raises(ModelDamagedError, match="head-features"):
        NamedNetwork("head-features", ("shares",))
