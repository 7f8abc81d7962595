"""Large catalogues: what the index proves is what a scan of every frame finds."""

from itertools import cycle
from pathlib import Path
from random import Random

import numpy as np
import pytest

from shared.catalogues import catalogue
from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import FILES, activate, folder_of, manifest_of
from shared.contracts import Strategy, Wish
from shared.errors import CatalogueDamagedError
from shared.scoring import coded, proven, ranking, varied
from shared.scoring.coded import CodedCatalogue, has_index, write_index
from shared.scoring.proven import best_products, best_sums
from shared.scoring.query import query_of
from shared.scoring.ranking import ranked, scanned
from shared.scoring.tables import Form
from workers.search import search
from workers.search.importing import writer
from workers.search.importing.writer import FrameRow, write

FRAMES = 6000
STRATEGIES = [strategy for strategy in Strategy if strategy is not Strategy.MOST_POPULAR]


def flags(chance: Random) -> tuple[list[float], list[float]]:
    """A frame as catalogues tell it: one of each block, thickness as a z-score; many alike."""
    shape = [0.0] * 31
    for first, last in ((0, 4), (10, 13), (13, 16), (16, 18), (23, 26), (28, 30)):
        shape[chance.randrange(first, last)] = 1.0
    for place in (19, 20, 21):
        shape[place] = float(chance.random() < 0.4)
    shape[22] = round(chance.gauss(0, 1), 1)
    shape[30] = float(chance.random() < 0.5)
    color = [0.0] * 15
    color[chance.randrange(14)] += 1.0
    color[chance.randrange(14)] += 0.5
    return shape, color


def graded(chance: Random) -> tuple[list[float], list[float]]:
    """A frame of numbers of every size; of thickness also below 0."""
    shape = [max(0.0, chance.gauss(0.3, 0.5)) for _ in range(30)]
    shape[22] = chance.gauss(0.0, 1.0)
    return [*shape, float(chance.random() < 0.5)], [max(0.0, chance.gauss(0.2, 0.4)) for _ in range(15)]


@pytest.fixture(scope="module", params=[flags, graded])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A catalogue with an index; every fifth frame is for both."""
    home, chance = tmp_path_factory.mktemp("large"), Random(3)
    frames = [
        FrameRow(f"f{number:05d}", number, *request.param(chance), gender="unisex" if number % 5 == 0 else "")
        for number in range(FRAMES)
    ]
    version = write(home, "large", frames, "test")
    folder = folder_of(home, "large") / version
    write_index(folder)
    return Catalogue("large", folder)


def wishes(count: int) -> list[Wish]:
    """As the expert's: mostly above 0, some below; women and men in turn."""
    chance = Random(9)
    return [
        Wish(
            shape=(*(chance.uniform(-1, 8) for _ in range(30)), turn % 2 - 0.5),
            color=tuple(chance.uniform(-1, 9) for _ in range(15)),
        )
        for turn in range(count)
    ]


def found_by_index(
    catalogue: Catalogue, gender: str, wish: Wish, strategy: Strategy, passed: np.ndarray | None = None
) -> list[tuple[int, float]] | None:
    """The six best by the index alone."""
    query = query_of(wish, strategy)
    parts = CodedCatalogue(catalogue.folder).parts(query.form, gender)
    look = best_products if query.product else best_sums
    found = look(parts, catalogue.numbers, query, 6, passed)
    return None if found is None else list(zip(found[0].tolist(), found[1].tolist(), strict=True))


def found_by_scan(
    catalogue: Catalogue, gender: str, wish: Wish, strategy: Strategy, passed: np.ndarray | None = None
) -> list[tuple[int, float]]:
    """The six best of all."""
    index = catalogue.frames_for(gender)
    places, scores = scanned(catalogue, index, query_of(wish, strategy), 6, passed)
    return list(zip(places.tolist(), scores.tolist(), strict=True))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_index_finds_the_exact_top_six(large: Catalogue, strategy: Strategy) -> None:
    """Given 6,000 frames / If searched by the index / Then the six, their scores and their ties are those of a scan."""
    proven = 0
    for wish, gender in zip(wishes(9), cycle(("female", "male", "any")), strict=False):
        found = found_by_index(large, gender, wish, strategy)
        scan = found_by_scan(large, gender, wish, strategy)
        if found is None:  # which the index says itself: then all frames are scanned
            assert strategy is not Strategy.BALANCED
            continue
        proven += 1
        assert [place for place, _ in found] == [place for place, _ in scan]
        assert np.allclose([score for _, score in found], [score for _, score in scan], rtol=0, atol=1e-12)
    assert proven > 0


@pytest.mark.parametrize("strategy", [Strategy.BALANCED, Strategy.FACTORIZED])
def test_filters_leave_the_index_exact(large: Catalogue, strategy: Strategy) -> None:
    """Given frames that do not pass / If searched by the index / Then the six best of those that do, or all of few."""
    chance = np.random.default_rng(1)
    for share in (0.3, 0.01, 0.001):
        passed = chance.random(large.size) < share
        for wish in wishes(3):
            found = found_by_index(large, "any", wish, strategy, passed)
            scan = found_by_scan(large, "any", wish, strategy, passed)
            if found is not None or strategy is Strategy.BALANCED:
                assert [place for place, _ in found or ()] == [place for place, _ in scan]


@pytest.mark.parametrize("strategy", [Strategy.BALANCED, Strategy.FACTORIZED])
def test_where_too_many_score_alike_all_are_scanned(
    large: Catalogue, monkeypatch: pytest.MonkeyPatch, strategy: Strategy
) -> None:
    """Given a wish that tells no frames apart / If searched / Then the first by id, without holding all candidates."""
    monkeypatch.setattr(ranking, "LARGE", FRAMES)
    monkeypatch.setattr(proven, "_MOST", 1000)
    indifferent = Wish(shape=(0.0,) * 31, color=(0.0,) * 15)
    assert found_by_index(large, "any", indifferent, strategy) is None
    found = ranked(Catalogue("large", large.folder), "female", query_of(indifferent, strategy), 6)
    assert found.places.tolist() == large.frames_for("female")[:6].tolist()


@pytest.mark.parametrize("form", list(Form))
def test_a_promise_is_right_to_within_its_doubt(large: Catalogue, form: Form) -> None:
    """Given any weights / If the index promises / Then no promise is off by more than it says."""
    chance = np.random.default_rng(2)
    for part in CodedCatalogue(large.folder).parts(form, "any"):
        for weights in chance.normal(size=(5, 45)):
            promised, places = part.nearest(weights, 1000, None)
            true = coded.numbers_of(large.shape[places], large.color[places], form) @ weights
            assert np.abs(promised - true).max() <= part.doubt(weights)


def test_a_search_of_a_large_catalogue_goes_by_its_index(
    large: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an index, or none / If searched / Then the same frames, with the same reasons."""
    monkeypatch.setattr(ranking, "LARGE", FRAMES)
    monkeypatch.setattr(catalogue, "LARGE", FRAMES)
    monkeypatch.setattr(varied, "LARGE", FRAMES)
    indexed, plain = Catalogue("large", large.folder), Catalogue("large", large.folder)
    assert ranking.coded_of(indexed) is not None
    monkeypatch.setitem(ranking._coded, plain, None)
    for wish in wishes(4):
        for strategy in STRATEGIES:
            one, other = (search(each, wish, strategy=strategy) for each in (indexed, plain))
            if strategy is not Strategy.BALANCED:  # which varies what it finds, and may vary it otherwise
                assert one.matches == other.matches
            assert one.matches[0] == other.matches[0]
    query = query_of(wishes(1)[0], Strategy.BALANCED)
    assert (
        ranked(indexed, "female", query, 40).places.tolist()
        == ranked(plain, "female", query, 40).places.tolist()
    )


def test_the_import_of_a_large_catalogue_writes_its_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more frames than are scored one by one / If imported / Then an index, in the manifest, of the same version."""
    chance = Random(5)
    frames = [FrameRow(f"f{number}", number, *flags(chance)) for number in range(50)]
    plain = write(tmp_path, "plain", frames, "test")
    monkeypatch.setattr(writer, "LARGE", 50)
    version = write(tmp_path, "large", frames, "test")
    assert version == plain
    folder = folder_of(tmp_path, "large") / version
    told = set(manifest_of(folder)["sha256"])
    assert told - set(FILES) == {path.name for path in folder.glob("coded-*")}
    assert has_index(folder)
    assert not has_index(folder_of(tmp_path, "plain") / plain)
    damaged = next(folder.glob("*.faiss"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(CatalogueDamagedError, match=damaged.name):
        activate(tmp_path, "large", version)


def test_single_frames_are_read_as_they_are_mapped(large: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given any positions / If read from the file / Then the numbers that are mapped; no positions, no rows."""
    monkeypatch.setattr(catalogue, "LARGE", FRAMES)
    read = Catalogue("large", large.folder)
    for places in (np.array([FRAMES - 1, 0, 7, 7]), np.zeros(0, np.int64)):
        shape, color = read.numbers(places)
        assert np.array_equal(shape, large.shape[places])
        assert np.array_equal(color, large.color[places])
