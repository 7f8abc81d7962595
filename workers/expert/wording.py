"""The trace in words: each rule's reason from a locale file, each effect from the rule's own numbers.

The words for what a rule raises and lowers are made from its delta, never written by hand, so a text cannot
contradict its rule.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Explanation, FiredRule, Wish
from shared.errors import RulesInvalidError
from workers.expert.compiled import Effect, RuleSet
from workers.expert.engine import Fired
from workers.expert.rules import read_checked

LOCALES = Path(__file__).parent / "locales"
_FEATURES = SHAPE_FEATURES + COLOR_FEATURES
# What a summary names: one frame shape after another, a rim, a material, plain colours.
_SHAPES, _RIMS, _MATERIALS = range(10), range(10, 13), range(28, 30)
_PLAIN_COLORS = [
    31 + i for i, name in enumerate(COLOR_FEATURES) if name not in {"shiny", "multicolor", "colors_differ"}
]


class _RuleWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    seen: str
    because: str


class Locale(BaseModel):
    """One language: a file in `locales/`.

    Attributes:
        language: Its own name.
        comma: Between items of a list.
        conjunction: Before the last item.
        favours: Template with `{features}` for what a rule raises.
        counts_against: Template for what it lowers.
        all_colors: What to say in place of all fifteen colours.
        summary: Templates of the three sentences: `{seen}`; `{shapes}`, `{rim}`, `{material}`; `{colors}`.
        summary_silent: First sentence when no rule fired.
        features: By feature, how a list names it.
        summary_features: By feature, how the second summary sentence names it, where that differs.
        rules: By rule id, what was seen and the reason.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    comma: str
    conjunction: str
    favours: str
    counts_against: str
    all_colors: str
    summary: tuple[str, str, str]
    summary_silent: str
    features: dict[str, str]
    summary_features: dict[str, str]
    rules: dict[str, _RuleWords]

    def listed(self, words: Sequence[str]) -> str:
        """A list as people write it."""
        if len(words) < 2:  # noqa: PLR2004  a list of one needs no conjunction
            return "".join(words)
        return self.comma.join(words[:-1]) + self.conjunction + words[-1]


@lru_cache(maxsize=8)
def locale(language: str) -> Locale:
    """The words of a language.

    Raises:
        RulesInvalidError: There is no such language, or its file is not complete.
    """
    path = LOCALES / f"{language}.yaml"
    if not language.isalpha() or not path.is_file():
        raise RulesInvalidError(f"There is no language {language!r}.")
    words = read_checked(path, Locale)
    named = {_FEATURES[i] for i in (*_SHAPES, *_RIMS, *_MATERIALS, *_PLAIN_COLORS)}
    if missing := (set(_FEATURES) - set(words.features)) | (named - set(words.summary_features)):
        raise RulesInvalidError(f"{path.name} lacks the features {', '.join(sorted(missing))}.")
    return words


def explain(wish: Wish, fired: Sequence[Fired], rules: RuleSet, language: str) -> Explanation:
    """Put the trace into words.

    Raises:
        RulesInvalidError: The language lacks words for a rule.
    """
    trace = tuple(_told(one, language) for one in fired)
    text = "\n".join(rule.text for rule in trace)
    return Explanation.model_construct(
        language=language, summary=_summary(wish, fired, rules, locale(language)), text=text, rules=trace
    )


_told_before: dict[tuple[str, Effect, float, tuple[str, ...]], FiredRule] = {}


def _told(fired: Fired, language: str) -> FiredRule:
    """The contract of one fired rule; those that do not hang on a face shape's probability are made once."""
    if fired.rule.face_shape is not None:
        return _tell(fired, language)
    key = (language, fired.effect, fired.chance, tuple(fired.saw.values()))
    if key not in _told_before:
        if len(_told_before) > 10_000:  # noqa: PLR2004  labels are free text: never grow without bound
            _told_before.clear()
        _told_before[key] = _tell(fired, language)
    return _told_before[key]


def _tell(fired: Fired, language: str) -> FiredRule:
    weight, effect = fired.weight, fired.effect
    # The trace is made of checked rules and a checked face: nothing to validate, and it is the hot path.
    return FiredRule.model_construct(
        id=fired.rule.id,
        theme=fired.rule.theme,
        saw=fired.saw,
        chance=fired.chance,
        raised={name: weight * amount for name, amount in effect.raised.items()},
        lowered={name: weight * amount for name, amount in effect.lowered.items()},
        text=_sentence(fired.rule.id, effect, language),
    )


@lru_cache(maxsize=4096)
def _sentence(rule_id: str, effect: Effect, language: str) -> str:
    words = locale(language)
    if rule_id not in words.rules:
        raise RulesInvalidError(f"The language {language!r} has no words for the rule {rule_id}.")
    parts = [words.rules[rule_id].because]
    for features, template in ((effect.raised, words.favours), (effect.lowered, words.counts_against)):
        strongest_first = sorted(features, key=lambda name: -abs(features[name]))
        named = _names(strongest_first, words)
        if named:
            parts.append(template.format(features=words.listed(named)))
    return " ".join(parts)


def _names(features: Sequence[str], words: Locale) -> list[str]:
    colors = [name for name in features if name in COLOR_FEATURES]
    if len(colors) == len(COLOR_FEATURES):
        return [words.features[name] for name in features if name not in colors] + [words.all_colors]
    # The sign of `male` chooses whose frames are searched: it is no feature of a frame.
    return [words.features[name] for name in features if name != "male"]


def _summary(wish: Wish, fired: Sequence[Fired], rules: RuleSet, words: Locale) -> str:
    """Three sentences: what was seen, which frame, which colours; each by the size of its influence."""
    top = sorted(fired, key=lambda one: -one.weight * one.effect.influence)
    seen = list(dict.fromkeys(words.rules[one.rule.id].seen for one in top))[:3]
    first = words.summary[0].format(seen=words.listed(seen)) if seen else words.summary_silent
    numbers = wish.shape + wish.color
    gain = [number - start for number, start in zip(numbers, rules.start.tolist(), strict=True)]
    shapes = [words.summary_features[_FEATURES[i]] for i in _best(numbers, _SHAPES, 2)]
    second = words.summary[1].format(
        shapes=words.listed(shapes),
        rim=words.summary_features[_FEATURES[_best(numbers, _RIMS, 1)[0]]],
        material=words.summary_features[_FEATURES[_best(numbers, _MATERIALS, 1)[0]]],
    )
    colors = [words.summary_features[_FEATURES[i]] for i in _best(gain, _PLAIN_COLORS, 3)]
    return f"{first} {second} {words.summary[2].format(colors=words.listed(colors))}"


def _best(numbers: Sequence[float], places: Sequence[int], count: int) -> list[int]:
    return sorted(places, key=numbers.__getitem__, reverse=True)[:count]
