"""What is shown, what is not, and why: filters, preferences, colours of a model, variety, reasons, likeness."""

import math
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import folder_of
from shared.contracts import (
    COLOR_FEATURES,
    SHAPE_FEATURES,
    Filters,
    JobOptions,
    Matches,
    Preferences,
    Strategy,
    Wish,
)
from shared.errors import FrameNotFoundError
from shared.scoring import similar, why_not
from shared.scoring.words import words
from workers.search import search, search_line
from workers.search.generated import DEFAULT, build_default
from workers.search.importing.writer import FrameRow, write

LANGUAGES = ("en", "ru")
STRATEGIES = list(Strategy)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The default catalogue: models in three colours, with brands, prices, sizes and stock."""
    home = tmp_path_factory.mktemp("generated")
    return Catalogue(DEFAULT, folder_of(home, DEFAULT) / build_default(home))


def numbers(features: tuple[str, ...], told: Mapping[str, float], rest: float = 0.0) -> tuple[float, ...]:
    """A vector by names."""
    return tuple(told.get(name, rest) for name in features)


def wishing(shape: Mapping[str, float], color: Mapping[str, float] | None = None, rest: float = 0.0) -> Wish:
    """A wish by names, for women."""
    return Wish(
        shape=numbers(SHAPE_FEATURES, {"male": -1.0, **shape}, rest),
        color=numbers(COLOR_FEATURES, color or {}, rest),
    )


WISH = wishing(
    {"cat_eye": 6.8, "oval": 6.6, "round": 6.5, "rectangle": 0.6, "full_rim": 13.0, "plastic": 7.0, "nose_pads": -2.8,
     "thick": 8.0},
    {"brown": 3.8, "white": 3.4, "black": 3.2, "gold": 2.5, "blue": 0.3},
    rest=0.1,
)  # fmt: skip


def details(found: Matches, name: str) -> list[Any]:
    """A detail of each frame shown."""
    return [match.details[name] for match in found.matches]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        ({"price_max": 120}, lambda told: told["price"] <= 120),
        ({"price_min": 200, "price_max": 260}, lambda told: 200 <= told["price"] <= 260),
        ({"materials": ["metal"]}, lambda told: told["material"] == "metal"),
        ({"rims": ["rimless", "semi_rim"]}, lambda told: told["rim"] != "full_rim"),
        (  # `shiny` names no colour: there the second counts
            {"colors": ["blue"]},
            lambda told: "blue" in {told["color"], told["color"] == "shiny" and told["second_color"]},
        ),
        ({"shapes": ["square"]}, lambda told: told["shape"] == "square"),
        ({"brands": ["MARLOW", "ilmari"]}, lambda told: told["brand"] in {"Marlow", "Ilmari"}),
        ({"lens_width_min": 50, "lens_width_max": 52}, lambda told: 50 <= told["lens_width"] <= 52),
        ({"in_stock": True}, lambda told: told["in_stock"]),
        (
            {"in_stock": True, "materials": ["metal"], "colors": ["gold"], "price_max": 250},
            lambda told: told["in_stock"] and told["material"] == "metal" and told["color"] == "gold",
        ),
    ],
)
def test_every_frame_passes_the_filters(
    catalogue: Catalogue, strategy: Strategy, filters: dict[str, Any], holds: Any
) -> None:
    """Given a filter / If searched by any strategy / Then six frames, each of which passes, its variants too."""
    found = search(catalogue, WISH, JobOptions(strategy=strategy, filters=Filters(**filters)))
    assert len(found.matches) == 6
    assert found.reason is None
    for match in found.matches:
        assert holds(match.details)
        assert all(holds(catalogue.tell(catalogue.find(other))["details"]) for other in match.variants)


@pytest.mark.parametrize(("asked", "told"), [("male", "male"), ("female", "female"), ("any", "any")])
def test_a_gender_filter_goes_before_the_wish(catalogue: Catalogue, asked: Any, told: str) -> None:
    """Given a gender filter / If a woman's wish is searched / Then the frames are of the gender asked for."""
    found = search(catalogue, WISH, JobOptions(filters=Filters(gender=asked)))
    assert found.gender == told
    assert asked == "any" or {match.gender for match in found.matches} == {asked}


def test_unisex_frames_are_for_both(tmp_path: Path) -> None:
    """Given a frame for women, one for men, one for both / If searched / Then two for each, three for any, one unisex."""
    vector = [1.0] * 30
    frames = [
        FrameRow("w", 0, [*vector, 0.0], [1.0] * 15, gender="female"),
        FrameRow("m", 1, [*vector, 1.0], [1.0] * 15, gender="male"),
        FrameRow("u", 2, [*vector, 0.0], [1.0] * 15, gender="unisex"),
    ]
    three = Catalogue("three", folder_of(tmp_path, "three") / write(tmp_path, "three", frames, "test"))
    shown = {
        gender: {m.frame for m in search(three, WISH, JobOptions(filters=Filters(gender=gender))).matches}
        for gender in ("female", "male", "unisex", "any")
    }
    assert shown == {"female": {"w", "u"}, "male": {"m", "u"}, "unisex": {"u"}, "any": {"w", "m", "u"}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_that_nothing_passes_say_which_one(catalogue: Catalogue, language: Any) -> None:
    """Given filters that leave nothing / If searched / Then no match, and the filter without which there were most."""
    options = JobOptions(filters=Filters(price_max=1, rims=("full_rim",)), language=language)
    found = search(catalogue, WISH, options)
    assert found.matches == ()
    assert words(language)["filter"]["price_max"] in str(found.reason)
    alone = search(catalogue, WISH, options.model_copy(update={"filters": Filters(price_max=1)}))
    assert str(len(catalogue.frames_for("female"))) in str(alone.reason)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_model_is_shown_once_with_its_other_colours(catalogue: Catalogue, strategy: Strategy) -> None:
    """Given models in three colours / If searched / Then each model once, the other two colours beside, best first."""
    found = search(catalogue, WISH, strategy=strategy, limit=50)
    assert len(set(details(found, "model"))) == len(found.matches) == 50
    ranks = {match.frame: match.score for match in found.matches}
    assert len(ranks) == 50
    for match in found.matches:
        others = [catalogue.tell(catalogue.find(other))["details"] for other in match.variants]
        assert [other["model"] for other in others] == [match.details["model"]] * 2
        assert match.frame not in match.variants


def test_balanced_shows_frames_that_differ_and_suit(catalogue: Catalogue) -> None:
    """Given a wish for three shapes alike / If searched / Then six frames of these shapes, several shapes and colours."""
    found = search(catalogue, WISH)
    assert found.strategy is Strategy.BALANCED
    assert set(details(found, "shape")) <= {"cat_eye", "oval", "round"}
    assert len(set(details(found, "shape"))) >= 2
    assert len(set(details(found, "color"))) >= 2
    looks = list(zip(details(found, "shape"), details(found, "color"), strict=True))
    assert len(set(looks)) >= 4
    scores = [match.score for match in found.matches]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


def test_the_best_frame_is_always_shown_first(catalogue: Catalogue) -> None:
    """Given any wish / If balanced searches for one or for six / Then the same first frame: variety costs no winner."""
    chance = Random(4)
    for _ in range(5):
        wish = Wish(
            shape=(*(chance.uniform(-2, 8) for _ in range(30)), chance.choice((-1.0, 1.0))),
            color=tuple(chance.uniform(-2, 9) for _ in range(15)),
        )
        assert search(catalogue, wish, limit=1).matches[0].frame == search(catalogue, wish).matches[0].frame


def test_a_balanced_score_grows_with_what_is_wanted(tmp_path: Path) -> None:
    """Given frames that lack one more wanted block each / If searched / Then their scores fall, from 1 to 0."""
    wanted = {"round": 1.0, "full_rim": 1.0, "plastic": 1.0}
    unwanted = {"square": 1.0, "rimless": 1.0, "metal": 1.0}
    told = [dict(list(unwanted.items())[:n] + list(wanted.items())[n:]) for n in range(4)]
    frames = [FrameRow(f"f{n}", n, numbers(SHAPE_FEATURES, t), [0.0] * 15) for n, t in enumerate(told)]
    few = Catalogue("few", folder_of(tmp_path, "few") / write(tmp_path, "few", frames, "test"))
    wish = wishing({**wanted, **dict.fromkeys(unwanted, -1.0)})
    scores = {match.frame: match.score for match in search(few, wish).matches}
    assert sorted(scores.values()) == [scores[f"f{n}"] for n in (3, 2, 1, 0)]
    assert scores["f0"] == pytest.approx(1.0)
    assert scores["f3"] == pytest.approx(0.0)


def test_preferences_change_what_is_found(catalogue: Catalogue) -> None:
    """Given a liked and a disliked feature / If searched / Then the frames have the one, and not the other."""
    liked = Preferences(shapes={"aviator": 1.0, "cat_eye": -1.0}, colors={"blue": 1.0})
    found = search(catalogue, WISH, JobOptions(preferences=liked))
    assert "cat_eye" not in details(found, "shape")
    assert "blue" in details(found, "color")
    assert "aviator" in details(found, "shape")


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_weight_of_colour(catalogue: Catalogue, weight: float) -> None:
    """Given only shape, or only colour, counts / If searched / Then the best frame has the best of that."""
    found = search(catalogue, WISH, JobOptions(preferences=Preferences(weight=weight)))
    best = found.matches[0]
    assert best.why is not None
    blocks = {fit.block: fit for fit in (*best.why.matched, *best.why.missed)}
    assert ("color" in blocks) == (weight == 1.0)
    if weight == 1.0:
        assert set(blocks) == {"color"}
        assert best.details["color"] == "brown"
    else:
        assert best.details["shape"] == "cat_eye"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_match_says_why(catalogue: Catalogue, language: Any) -> None:
    """Given a wish / If searched / Then each frame tells what it matches and misses, in words of the language."""
    found = search(catalogue, WISH, JobOptions(language=language))
    for match in found.matches:
        assert match.why is not None
        assert match.why.text
        assert all(fit.fit >= 0.7 for fit in match.why.matched)
        assert all(fit.fit <= 0.4 for fit in match.why.missed)
        weights = [fit.weight for fit in match.why.matched]
        assert weights == sorted(weights, reverse=True)
        shape = next(fit for fit in match.why.matched if fit.block == "shape")
        assert shape.has[0] == match.details["shape"]
        assert shape.wanted[0] == "cat_eye"
        assert words(language)["feature"][shape.has[0]] in match.why.text


def test_what_is_missed_is_told_with_what_would_be_better(catalogue: Catalogue) -> None:
    """Given only rimless blue frames pass / If searched / Then each says that a full rim and brown would suit better."""
    found = search(catalogue, WISH, JobOptions(filters=Filters(rims=("rimless",), colors=("blue",))))
    for match in found.matches:
        assert match.why is not None
        missed = {fit.block: fit for fit in match.why.missed}
        assert missed["rim"].has == ("rimless",)
        assert missed["rim"].wanted == ("full_rim",)
        assert "brown would suit better" in match.why.text


def test_languages_have_the_same_words() -> None:
    """Given two languages / If compared / Then every phrase and every slot of one is in the other."""

    def slots(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    one, other = (words(language) for language in LANGUAGES)
    sections = {name for name, phrases in one.items() if isinstance(phrases, dict)}
    assert sections == {name for name, phrases in other.items() if isinstance(phrases, dict)}
    for section in sections:
        assert set(one[section]) == set(other[section])
        for name, text in one[section].items():
            assert slots(text) == slots(other[section][name])
    assert set(one["feature"]) >= set(SHAPE_FEATURES[:30]) | set(COLOR_FEATURES[:14])


def shown_and_not(catalogue: Catalogue, options: JobOptions, frame: str) -> Any:
    """Why a frame is not among the matches."""
    found = search(catalogue, WISH, options)
    return why_not(catalogue, catalogue.find(frame), WISH, options, found)


def test_why_not_of_what_is_shown(catalogue: Catalogue) -> None:
    """Given a frame that is shown, or another colour of it / If asked why not / Then its place."""
    options = JobOptions()
    third = search(catalogue, WISH, options).matches[2]
    itself = shown_and_not(catalogue, options, third.frame)
    assert itself.shown == 3
    assert itself.score == pytest.approx(third.score, abs=1e-12)
    assert "place 3" in itself.text
    variant = shown_and_not(catalogue, options, third.variants[0])
    assert variant.shown == 3
    assert "Another colour" in variant.text
    assert variant.score <= itself.score


def test_why_not_of_what_does_not_pass(catalogue: Catalogue) -> None:
    """Given a frame of another gender, price and stock / If asked why not / Then every filter it fails, by name."""
    options = JobOptions(filters=Filters(price_max=1000, materials=("plastic",), rims=("full_rim",)))
    place = next(
        place
        for place in range(catalogue.size)
        if (told := catalogue.tell(place))["gender"] == "male" and told["details"]["rim"] == "rimless"
        if told["details"]["material"] == "metal"
    )
    told = shown_and_not(catalogue, options, catalogue.tell(place)["id"])
    assert told.excluded == ("gender", "materials", "rims")
    assert told.shown is None
    assert "women's frames" in told.text


@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if s is not Strategy.MOST_POPULAR])
def test_why_not_of_what_scores_less(catalogue: Catalogue, strategy: Strategy) -> None:
    """Given the frame that suits least / If asked why not / Then its score is below the last that is shown."""
    options = JobOptions(strategy=strategy)
    last = search(catalogue, WISH, options, limit=3000).matches[-1]
    told = shown_and_not(catalogue, options, last.frame)
    assert told.score == pytest.approx(last.score, abs=1e-9)
    assert told.least is not None
    assert told.score < told.least
    assert told.excluded == ()
    assert "below" in told.text


def test_why_not_of_what_is_too_much_alike(catalogue: Catalogue) -> None:
    """Given the second best frame, much like the best / If left out for variety / Then that is said."""
    options = JobOptions()
    found = search(catalogue, WISH, options)
    shown = {frame for match in found.matches for frame in (match.frame, *match.variants)}
    ranked = search(catalogue, WISH, options, limit=50).matches
    left_out = [
        match for match in ranked if match.frame not in shown and match.score > found.matches[-1].score
    ]
    assert left_out, "variety leaves out at least one frame that scores more than the last shown"
    told = why_not(catalogue, catalogue.find(left_out[0].frame), WISH, options, found)
    assert told.text.startswith(words("en")["why_not"]["alike"])


def test_why_not_of_best_sellers_and_of_nothing(catalogue: Catalogue) -> None:
    """Given a draw, or no match at all / If asked why not / Then the lot, or that nothing is shown."""
    frame = catalogue.tell(int(catalogue.frames_for("female")[0]))["id"]
    drawn = JobOptions(strategy=Strategy.MOST_POPULAR, limit=1)
    told = shown_and_not(catalogue, drawn, frame)
    assert told.score is None
    assert told.shown or words("en")["why_not"]["popular"] in told.text
    none = JobOptions(filters=Filters(price_max=1), language="ru")
    assert shown_and_not(catalogue, none, frame).excluded == ("price_max",)


def test_similar_frames_are_like_it_and_of_other_models(catalogue: Catalogue) -> None:
    """Given a frame / If asked for its like / Then other models, of its gender and shape, best first."""
    place = catalogue.find(search(catalogue, WISH).matches[0].frame)
    here = catalogue.tell(place)
    found = similar(catalogue, place, 8)
    told = [catalogue.tell(other) for other, _ in found]
    assert len({one["details"]["model"] for one in told} | {here["details"]["model"]}) == 9
    assert {one["gender"] for one in told} == {here["gender"]}
    assert {one["details"]["shape"] for one in told[:3]} == {here["details"]["shape"]}
    likeness = [value for _, value in found]
    assert likeness == sorted(likeness, reverse=True)
    assert 0.9 < likeness[0] <= 1.0


def test_likeness_is_the_mean_of_two_cosines(tmp_path: Path) -> None:
    """Given two frames / If compared / Then the mean of the cosines of shape and colour; a lonely frame has no like."""
    one = numbers(SHAPE_FEATURES, {"round": 3.0, "plastic": 4.0})
    other = numbers(SHAPE_FEATURES, {"round": 1.0})
    frames = [FrameRow("a", 0, one, [1.0] * 15), FrameRow("b", 1, other, [1.0] + [0.0] * 14)]
    two = Catalogue("two", folder_of(tmp_path, "two") / write(tmp_path, "two", frames, "test"))
    ((place, value),) = similar(two, 0, 5)
    assert place == 1
    assert value == pytest.approx((3 / 5 + 1 / math.sqrt(15)) / 2, abs=1e-6)
    lonely = Catalogue("one", folder_of(tmp_path, "one") / write(tmp_path, "one", frames[:1], "test"))
    assert similar(lonely, 0, 5) == []


def test_a_line_may_bring_filters_and_preferences(catalogue: Catalogue) -> None:
    """Given a line with filters, preferences and language / If searched / Then they count."""
    line = {
        "shape": list(WISH.shape),
        "color": list(WISH.color),
        "filters": {"materials": ["metal"]},
        "language": "ru",
    }
    told = search_line(line, catalogue)
    assert {match["details"]["material"] for match in told["matches"]} == {"metal"}
    assert words("ru")["feature"]["metal"] in told["matches"][0]["why"]["text"]


def test_a_frame_that_is_not_there(catalogue: Catalogue) -> None:
    """Given an id of nothing / If looked for / Then it is not found, at either end of the catalogue."""
    for strange in ("", "zzzz", "marlow-juno-0"):
        with pytest.raises(FrameNotFoundError):
            catalogue.find(strange)
