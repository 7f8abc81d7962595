"""The strategies against a second implementation of the published definition, frame by frame."""

import csv
import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pytest

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import folder_of
from shared.contracts import Strategy, Wish
from shared.errors import InvalidRequestError
from shared.scoring import published, ranked
from workers.search import search, search_line
from workers.search.generated import DEFAULT, build_default, generate
from workers.search.importing.published import import_published
from workers.search.importing.writer import FrameRow, write

# First and last shape number of each block, as the published strategies list them; None: no colour.
SHAPE_BLOCKS = {
    "standart": [(0, 29)],
    "factorized": [(0, 9), (10, 12), (13, 29)],
    "factorized_plus": [
        *[(0, 9), (10, 12), (13, 18), (19, 19), (20, 20), (21, 21), (22, 22), (23, 27), (28, 29)]
    ],
    "color_only": [],
    "shape_only": [(0, 29)],
}
SCORED = [Strategy(name) for name in SHAPE_BLOCKS]


@dataclass(frozen=True)
class Table:
    """A catalogue opened by us, and its raw numbers by row as the oracle reads them."""

    catalogue: Catalogue
    rows: dict[int, tuple[list[float], list[float]]]


def norm(numbers: Sequence[float]) -> float:
    """Euclidean length."""
    return math.sqrt(math.fsum(number * number for number in numbers))


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """Sum of products."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def ratio(top: float, below: float) -> float:
    """A cosine's division; a block of zeros resembles nothing."""
    return top / below if below else 0.0


def oracle(shape: list[float], color: list[float], wish: Wish, strategy: Strategy) -> float:
    """The published score of one frame: the shape's common norm first, then slice by slice."""
    score = 1.0
    whole = norm(shape[:30])
    for first, last in SHAPE_BLOCKS[strategy.value]:
        wanted = wish.shape[first : last + 1]
        score *= ratio(dot(wanted, shape[first : last + 1]), norm(wanted) * whole)
    if strategy is not Strategy.SHAPE_ONLY:
        score *= ratio(dot(wish.color, color), norm(wish.color) * norm(color))
    return score


def number(text: str) -> float:
    """A cell of the published tables."""
    return {"True": 1.0, "False": 0.0}[text] if text in {"True", "False"} else float(text)


def cells(path: Path, count: int) -> list[list[float]]:
    """The numbers of a published table, row by row."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [[number(row[f"index{i}"]) for i in range(count)] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The default catalogue."""
    home = tmp_path_factory.mktemp("generated")
    version = build_default(home)
    rows = {frame.row: (list(frame.shape), list(frame.color)) for frame in generate()}
    return Table(Catalogue(DEFAULT, folder_of(home, DEFAULT) / version), rows)


@pytest.fixture(scope="module")
def real(research: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The published catalogue, imported by us and read a second time by the oracle."""
    folder = research / "data" / "expertglasses"
    home = tmp_path_factory.mktemp("published")
    report = import_published(folder, "published", home)
    shapes, colors = cells(folder / "shape_vectors.csv.gz", 31), cells(folder / "color_vectors.csv.gz", 15)
    rows = dict(enumerate(zip(shapes, colors, strict=True)))
    return Table(Catalogue("published", folder_of(home, "published") / report.version), rows)


def wishes(count: int) -> list[Wish]:
    """Wishes of the expert's range, negative amounts included, for women and men."""
    chance = Random(5)
    return [
        Wish(
            shape=(*(chance.uniform(-4, 8) for _ in range(30)), chance.choice((-1.0, 1.0))),
            color=tuple(chance.uniform(-2, 9) for _ in range(15)),
        )
        for _ in range(count)
    ]


@dataclass(frozen=True)
class Placed:
    """A frame with its score."""

    row: int
    frame: str
    score: float


def everything(catalogue: Catalogue, wish: Wish, strategy: Strategy) -> list[Placed]:
    """All frames of the gender, best first, colours of a model each for itself."""
    gender = "male" if wish.shape[30] > 0 else "female"
    found = ranked(catalogue, gender, published(wish, strategy), catalogue.size)
    return [
        Placed(int(catalogue.row[place]), catalogue.tell(place)["id"], score)
        for place, score in zip(found.places.tolist(), found.scores.tolist(), strict=True)
    ]


def agree(table: Table, wish: Wish, strategy: Strategy) -> list[Placed]:
    """Assert that every frame of the gender has the published score and place."""
    found = everything(table.catalogue, wish, strategy)
    wanted = wish.shape[30] > 0
    scores = {
        row: oracle(shape, color, wish, strategy)
        for row, (shape, color) in table.rows.items()
        if (shape[30] > 0) == wanted
    }
    assert {match.row for match in found} == set(scores)
    ids = {match.row: match.frame for match in found}
    order = sorted(scores, key=lambda row: (-round(scores[row], 12), ids[row]))
    for match, row in zip(found, order, strict=True):
        assert match.score == pytest.approx(scores[match.row], abs=1e-9)
        # Another order of summing may move a score over a rounding edge: no more than that may differ.
        assert match.row == row or abs(scores[match.row] - scores[row]) <= 2e-12
    keys = [(-match.score, match.frame) for match in found]
    assert keys == sorted(keys)
    firsts = search(table.catalogue, wish, strategy=strategy).matches
    shown = [(match.frame, match.score) for match in firsts]
    models = dict.fromkeys(table.catalogue.models.of_frame[table.catalogue.find(m.frame)] for m in found[:60])
    leading = [next(m for m in found if table.catalogue.models.of_frame[table.catalogue.find(m.frame)] == model)
               for model in list(models)[:6]]  # fmt: skip
    assert shown == [(match.frame, match.score) for match in leading]
    return found


@pytest.mark.parametrize("strategy", SCORED)
def test_generated_scores_and_order_are_the_published_ones(generated: Table, strategy: Strategy) -> None:
    """Given the default catalogue / If searched / Then every score agrees within 1e-9, ties stand by id."""
    for wish in wishes(2):
        agree(generated, wish, strategy)


@pytest.mark.parametrize("strategy", SCORED)
def test_published_scores_and_order_are_the_published_ones(real: Table, strategy: Strategy) -> None:
    """Given 8,521 real frames / If searched / Then every score agrees within 1e-9, ties stand by id."""
    for wish in wishes(2):
        agree(real, wish, strategy)


@pytest.mark.parametrize("strategy", SCORED)
@pytest.mark.parametrize("scale", [0.0, 1e-200, 1e200])
def test_zero_tiny_and_huge_wishes_give_numbers(generated: Table, strategy: Strategy, scale: float) -> None:
    """Given a wish of zeros, or near the ends of float64 / If searched / Then no score is NaN or infinite."""
    wish = Wish(shape=(*[scale] * 30, -1.0), color=(scale,) * 15)
    scores = [match.score for match in search(generated.catalogue, wish, strategy=strategy).matches]
    assert len(scores) == 6
    assert np.isfinite(scores).all()
    assert any(scores) == (scale > 0)


@pytest.mark.parametrize("block", [(0, 10), (10, 13), (13, 30)])
def test_a_block_of_zeros_is_a_factor_of_zero(generated: Table, block: tuple[int, int]) -> None:
    """Given a wish without one block / If searched by the product / Then all scores are 0 and ids decide."""
    shape = [1.0] * 31
    shape[slice(*block)] = [0.0] * (block[1] - block[0])
    found = agree(generated, Wish(shape=tuple(shape), color=(1.0,) * 15), Strategy.FACTORIZED)
    assert {match.score for match in found} == {0.0}
    frames = [match.frame for match in found]
    assert frames == sorted(frames)


def test_a_frame_without_numbers_scores_zero(tmp_path: Path) -> None:
    """Given a frame of zeros beside a good one / If searched / Then it scores 0 and comes last, never NaN."""
    frames = [
        FrameRow("a", 0, [0.0] * 31, [0.0] * 15),
        FrameRow("b", 1, [*[1.0] * 30, 0.0], [1.0] * 15),
    ]
    version = write(tmp_path, "two", frames, "test")
    wish = Wish(shape=(*[1.0] * 30, -1.0), color=(1.0,) * 15)
    catalogue = Catalogue("two", folder_of(tmp_path, "two") / version)
    for strategy in SCORED:
        found = search(catalogue, wish, strategy=strategy)
        assert [match.frame for match in found.matches] == ["b", "a"]
        assert found.matches[1].score == 0.0


def test_most_popular_is_repeatable_by_seed(generated: Table) -> None:
    """Given one seed / If drawn twice, for any wish / Then the same six frames; another seed, others."""
    women = [wish for wish in wishes(12) if wish.shape[30] < 0][:2]

    def drawn(wish: Wish, seed: int) -> list[str]:
        found = search(generated.catalogue, wish, strategy=Strategy.MOST_POPULAR, seed=seed)
        assert {match.gender for match in found.matches} == {"female"}
        return [match.frame for match in found.matches]

    assert drawn(women[0], 1) == drawn(women[1], 1)
    assert len(set(drawn(women[0], 1))) == 6
    assert drawn(women[0], 1) != drawn(women[0], 2)


def test_best_sellers_are_drawn_from_those_that_sell(tmp_path: Path) -> None:
    """Given sales of 60 among 1,200 frames / If drawn / Then only sellers, the best first, with their figures."""
    ones = ([*[1.0] * 30, 0.0], [1.0] * 15)
    frames = [
        FrameRow(f"f{i:04d}", i, *ones, popularity=i + 1.0 if i % 20 == 0 else math.nan) for i in range(1200)
    ]
    version = write(tmp_path, "shop", frames, "test")
    catalogue = Catalogue("shop", folder_of(tmp_path, "shop") / version)
    wish = Wish(shape=(*[1.0] * 30, -1.0), color=(1.0,) * 15)
    for seed in range(20):
        found = search(catalogue, wish, strategy=Strategy.MOST_POPULAR, seed=seed)
        assert all(match.score == match.row + 1 for match in found.matches)
        assert [match.row for match in found.matches] == sorted((m.row for m in found.matches), reverse=True)


def test_without_sales_popularity_is_unknown(tmp_path: Path) -> None:
    """Given a catalogue that does not tell its sales / If best sellers are drawn / Then their score is 0."""
    ones = ([*[1.0] * 30, 0.0], [1.0] * 15)
    version = write(tmp_path, "shop", [FrameRow(f"f{i:03d}", i, *ones) for i in range(200)], "test")
    catalogue = Catalogue("shop", folder_of(tmp_path, "shop") / version)
    wish = Wish(shape=(*[1.0] * 30, -1.0), color=(1.0,) * 15)
    drawn = set()
    for seed, limit in enumerate((6, 6, 200)):
        found = search(catalogue, wish, strategy=Strategy.MOST_POPULAR, limit=limit, seed=seed)
        assert {match.score for match in found.matches} == {0.0}
        frames = [match.frame for match in found.matches]
        assert frames == sorted(set(frames))
        assert len(frames) == limit
        drawn.add(tuple(frames))
    assert len(drawn) == 3


@pytest.mark.parametrize(("sign", "gender"), [(-1.0, "female"), (0.0, "female"), (0.1, "male")])
def test_the_sign_chooses_whose_frames(generated: Table, sign: float, gender: str) -> None:
    """Given the last shape number / If above 0 / Then men's frames; else women's, also at exactly 0."""
    found = search(generated.catalogue, Wish(shape=(*[1.0] * 30, sign), color=(1.0,) * 15))
    assert found.gender == gender
    assert {match.gender for match in found.matches} == {gender}


@pytest.mark.parametrize(
    ("shape", "color"),
    [
        ([1.0] * 30, [1.0] * 15),
        ([1.0] * 32, [1.0] * 15),
        ([1.0] * 31, [1.0] * 14),
        ([1.0] * 31, [1.0] * 16),
        ([], [1.0] * 15),
        ([math.nan, *[1.0] * 30], [1.0] * 15),
        ([1.0] * 31, [math.inf, *[1.0] * 14]),
        (["much", *[1.0] * 30], [1.0] * 15),
        (None, [1.0] * 15),
    ],
)
def test_a_line_with_wrong_vectors_is_refused(generated: Table, shape: object, color: object) -> None:
    """Given a vector of the wrong length, or not all finite numbers / If searched / Then the request is invalid."""
    with pytest.raises(InvalidRequestError, match=r"^(shape|color)"):
        search_line({"shape": shape, "color": color}, generated.catalogue)


def test_a_line_without_vectors_is_refused(generated: Table) -> None:
    """Given a line that lacks both vectors / If searched / Then the request is invalid, not a crash."""
    with pytest.raises(InvalidRequestError):
        search_line({"rules": []}, generated.catalogue)


def test_a_line_gives_the_matches_of_the_search(generated: Table) -> None:
    """Given a good line with other keys beside / If searched / Then it tells what `search` finds."""
    wish = wishes(1)[0]
    line = {"shape": list(wish.shape), "color": list(wish.color), "text": "ignored"}
    told = search_line(line, generated.catalogue, Strategy.STANDART, 3)
    found = search(generated.catalogue, wish, strategy=Strategy.STANDART, limit=3)
    assert told == found.model_dump(mode="json")
    assert len(told["matches"]) == 3
