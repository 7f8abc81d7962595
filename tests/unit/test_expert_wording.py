"""The reasons: complete in every language, true to the deltas, three sentences in short."""

import random
import re

import pytest

from shared.contracts import ATTRIBUTE_VALUES, COLOR_FEATURES, FACE_SHAPES, SHAPE_FEATURES, Advised, Face
from shared.errors import RulesInvalidError
from workers.expert import advise, advise_line, rules_in_force
from workers.expert.wording import LOCALES, locale

LANGUAGES = sorted(path.stem for path in LOCALES.glob("*.yaml"))


def some_advice(language: str) -> list[Advised]:
    """Advice on forty random faces, some attributes unknown."""
    chance = random.Random(11)
    told = []
    for _ in range(40):
        face: dict[str, object] = {
            name: chance.choice(legal or ("black", "white"))
            for name, legal in ATTRIBUTE_VALUES.items()
            if chance.random() < 0.8
        }
        face["faceshape"] = dict.fromkeys(chance.sample(FACE_SHAPES, 3), 1 / 3)
        told.append(advise(Face.model_validate(face), rules_in_force(), language))
    return told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_words_for_every_rule_and_no_other(language: str) -> None:
    """A missing reason, or one for a rule that is gone, would fail here."""
    assert set(locale(language).rules) == {rule.id for rule in rules_in_force().rules}
    assert set(locale(language).features) == {*SHAPE_FEATURES, *COLOR_FEATURES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_has_three_sentences_and_no_braces(language: str) -> None:
    """Every summary is three sentences; no template shows through, in summary or text."""
    for advised in [*some_advice(language), advise(Face(), rules_in_force(), language)]:
        told = advised.explanation
        assert len(re.findall(r"\.(?:\s|$)", told.summary)) == 3
        assert not re.search(r"[{}]", told.summary + told.text)
        assert told.text == "\n".join(rule.text for rule in told.rules)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_what_its_rule_does(language: str) -> None:
    """Raised features stand after the words for favour, lowered ones after those against, and nowhere else."""
    words = locale(language)
    favour, against = (words.favours.split("{")[0], words.counts_against.split("{")[0])
    for advised in some_advice(language):
        for rule in advised.explanation.rules:
            rest, _, lowered = rule.text.partition(against)
            _, _, raised = rest.partition(favour)
            everything = set(COLOR_FEATURES) <= set(rule.raised)
            for feature in set(rule.raised) - {"male"} - (set(COLOR_FEATURES) if everything else set()):
                assert words.features[feature] in raised
            for feature in set(rule.lowered) - {"male"}:
                assert words.features[feature] in lowered
            assert bool(lowered) == bool(set(rule.lowered) - {"male"})


def test_the_trace_adds_up_to_the_wish() -> None:
    """Start plus everything the trace says was raised and lowered is the wish."""
    start = rules_in_force().start
    for advised in some_advice("en"):
        total = dict(zip((*SHAPE_FEATURES, *COLOR_FEATURES), start.tolist(), strict=True))
        for rule in advised.explanation.rules:
            for feature, change in (*rule.raised.items(), *rule.lowered.items()):
                total[feature] += change
        assert list(total.values()) == pytest.approx([*advised.wish.shape, *advised.wish.color], abs=1e-9)


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_an_unknown_language_is_refused(language: str) -> None:
    """A language without a file is a clear error, also when it looks like a path."""
    with pytest.raises(RulesInvalidError, match="no language"):
        locale(language)


@pytest.mark.parametrize(("rule", "feature"), [("jaw.soft", "angular"), ("jaw.soft", "round")])
def test_soft_jaw_raises_edges_and_curves(rule: str, feature: str) -> None:
    """The published text contradicted this rule; ours names both that it raises."""
    advised = advise(Face.model_validate({"beard": "no", "jawtype": "soft"}), rules_in_force())
    told = advised.explanation.rules[0]
    assert told.id == rule
    assert told.raised[feature] > 0
    assert locale("en").features[feature] in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_fifteen_colours_are_one_phrase(language: str) -> None:
    """Given grey eyes, which raise every colour / If told / Then one phrase stands for all fifteen names."""
    words = locale(language)
    told = advise(Face.model_validate({"eyes_iris": "gray"}), rules_in_force(), language).explanation
    assert set(told.rules[0].raised) == set(COLOR_FEATURES)
    assert words.all_colors in told.text
    assert words.features["purple"] not in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_says_the_same_however_its_values_are_written(language: str) -> None:
    """Bare values, booleans, pairs with a confidence and `{"face": ...}` give one answer in every language."""
    rules = rules_in_force()
    bare = {"faceshape": {"round": 0.9}, "bald": "yes", "beard": "no", "jawtype": "soft"}
    spoken = advise_line(bare, rules, language)
    assert spoken["rules"] == ["faceshape.round", "jaw.soft", "hair.bald"]
    assert advise_line({**bare, "bald": True, "beard": False}, rules, language) == spoken
    pairs = {name: {"value": value, "confidence": 0.7} for name, value in bare.items()}
    assert advise_line(pairs, rules, language) == spoken
    assert advise_line({"face": bare}, rules, language) == spoken
