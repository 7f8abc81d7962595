"""Rules as data: read from one file a theme, checked, and compiled to vectors.

The language of the files is explained at the top of `rules/ruleset.yaml`.
"""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, FiniteFloat, ValidationError

from shared.contracts import ATTRIBUTE_VALUES, COLOR_FEATURES, FACE_SHAPES, SHAPE_FEATURES
from shared.errors import RulesInvalidError
from shared.settings import settings
from shared.telemetry import logger
from workers.expert.compiled import Rule, RuleSet, Vector
from workers.expert.conditions import Condition, Tests

KNOWN = "known"
_AMOUNT = re.compile(r"^(?P<sign>-?)(?P<factor>\d+(?:\.\d+)?)?(?P<letters>pa?|e?)(?:/(?P<divisor>\d+|n))?$")
_Text = TypeVar("_Text", bound=BaseModel)


def _as_list(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


Values = Annotated[list[str], BeforeValidator(_as_list)]
Amounts = dict[str, str | float]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _RuleText(_Checked):
    """One rule as its file says it."""

    id: str
    face_shape: str | None = None
    when: dict[str, Values] = {}
    any: dict[str, Values] = {}
    unless: dict[str, Values] = {}
    shape: Amounts = {}
    color: Amounts = {}


class _ThemeText(_Checked):
    rules: list[_RuleText]


class _Start(_Checked):
    shape: dict[str, FiniteFloat]
    color: dict[str, FiniteFloat]


class _SetText(_Checked):
    version: str
    themes: list[str]
    least_probability: float
    unsure_below: float
    start: _Start


def load(folder: Path) -> RuleSet:
    """Read and check a folder of rule files.

    Raises:
        RulesInvalidError: Names the file, the rule and what is wrong with it.
    """
    head = read_checked(folder / "ruleset.yaml", _SetText)
    rules = [rule for theme in head.themes for rule in _theme(folder / f"{theme}.yaml")]
    ids = [rule.id for rule in rules]
    if twice := {rule_id for rule_id in ids if ids.count(rule_id) > 1}:
        raise RulesInvalidError(f"These ids are given twice: {', '.join(sorted(twice))}.")
    if not rules:
        raise RulesInvalidError("There are no rules.")
    start = np.concatenate(
        [
            _spread(head.start.shape, SHAPE_FEATURES, "ruleset.yaml: start"),
            _spread(head.start.color, COLOR_FEATURES, "ruleset.yaml: start"),
        ]
    )
    content = b"".join((folder / f"{name}.yaml").read_bytes() for name in ("ruleset", *head.themes))
    version = f"{head.version}+{hashlib.sha256(content).hexdigest()[:8]}"
    return RuleSet(version, tuple(rules), start, head.least_probability, head.unsure_below)


class RulesHolder:
    """Keeps a folder's rule set and reads it again when a file has changed; a broken edit keeps the old set."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: object = None
        self._rules: RuleSet | None = None

    def current(self) -> RuleSet:
        """The rule set in force.

        Raises:
            RulesInvalidError: The files are not valid, and there is no earlier set.
        """
        stamp = [(path, path.stat().st_mtime_ns) for path in sorted(self._folder.glob("*.yaml"))]
        if self._rules is not None and stamp == self._stamp:
            return self._rules
        try:
            self._rules = load(self._folder)
        except RulesInvalidError as error:
            if self._rules is None:
                raise
            logger(__name__).error("rules kept: the edited files are not valid", reason=str(error))
        self._stamp = stamp
        return self._rules


_holders: dict[Path, RulesHolder] = {}


def rules_in_force() -> RuleSet:
    """The rule set of the `rules_dir` setting, read again when a file has changed.

    Raises:
        RulesInvalidError: The files are not valid, and there is no earlier set.
    """
    folder = settings().rules_dir
    return _holders.setdefault(folder, RulesHolder(folder)).current()


def read_checked(path: Path, kind: type[_Text]) -> _Text:
    """A YAML file as the model that describes it.

    Raises:
        RulesInvalidError: Names the file and what is wrong with it.
    """
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise RulesInvalidError(f"{path.name} is missing.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulesInvalidError(f"{path.name} is not YAML: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RulesInvalidError(f"{path.name}: {wrong}") from None


def _theme(path: Path) -> list[Rule]:
    return [_compile(text, path) for text in read_checked(path, _ThemeText).rules]


def _compile(text: _RuleText, path: Path) -> Rule:
    where = f"{path.name}: {text.id}"
    if text.face_shape is not None and text.face_shape not in FACE_SHAPES:
        raise RulesInvalidError(f"{where}: there is no face shape {text.face_shape!r}.")
    condition = Condition(*(_tests(tests, where) for tests in (text.when, text.any, text.unless)))
    listens = tuple(dict.fromkeys(name for name, _ in condition.tests))
    terms: dict[str, Vector] = {}
    for amounts, features, first in ((text.shape, SHAPE_FEATURES, 0), (text.color, COLOR_FEATURES, 31)):
        for feature, amount in amounts.items():
            letters, factor = _amount(amount, where, shape_known=text.face_shape is not None)
            places = range(len(features)) if feature == "all" else [_place(feature, features, where)]
            vector = terms.setdefault(letters, np.zeros(46))
            for place in places:
                vector[first + place] += factor
    if not terms:
        raise RulesInvalidError(f"{where}: the rule changes nothing.")
    if text.face_shape is not None and len(terms) > 1:
        raise RulesInvalidError(f"{where}: one rule mixes {', '.join(terms)}; write a rule for each.")
    return Rule(text.id, path.stem, text.face_shape, condition, next(iter(terms)), terms, listens)


def _tests(tests: dict[str, list[str]], where: str) -> Tests:
    for name, values in tests.items():
        if name not in ATTRIBUTE_VALUES:
            raise RulesInvalidError(f"{where}: there is no attribute {name!r}.")
        if not ATTRIBUTE_VALUES[name] and KNOWN in values:
            raise RulesInvalidError(f"{where}: {name} is free text, so `known` says nothing.")
        legal = {*ATTRIBUTE_VALUES[name], KNOWN}
        if ATTRIBUTE_VALUES[name] and (wrong := set(values) - legal):
            raise RulesInvalidError(f"{where}: {name} is never {', '.join(sorted(wrong))}.")
    return tuple(
        (name, frozenset(ATTRIBUTE_VALUES[name] if KNOWN in values else values))
        for name, values in tests.items()
    )


def _amount(amount: str | float, where: str, *, shape_known: bool) -> tuple[str, float]:
    """Letters and factor of an amount: `-e/4` is (`e`, -0.25), `p/n` is (`p/n`, 1)."""
    found = _AMOUNT.match(str(amount))
    if not found or str(amount) in {"", "-"}:
        raise RulesInvalidError(f"{where}: {amount!r} is no amount.")
    letters, divisor = found["letters"], found["divisor"]
    if "p" in letters and not shape_known:
        raise RulesInvalidError(f"{where}: {amount!r} needs `face_shape`.")
    factor = float(found["factor"] or 1) * (-1 if found["sign"] else 1)
    if divisor == "n" and letters != "p":
        raise RulesInvalidError(f"{where}: {amount!r} is no amount: only p is divided by n.")
    if divisor == "n":
        return "p/n", factor
    if divisor is not None and int(divisor) == 0:
        raise RulesInvalidError(f"{where}: {amount!r} divides by zero.")
    return letters, factor / float(divisor or 1)


def _place(feature: str, features: tuple[str, ...], where: str) -> int:
    if feature not in features:
        raise RulesInvalidError(f"{where}: there is no feature {feature!r}.")
    return features.index(feature)


def _spread(given: dict[str, float], features: tuple[str, ...], where: str) -> Vector:
    values = np.full(len(features), given.get("all", 0.0))
    for feature, value in given.items():
        if feature != "all":
            values[_place(feature, features, where)] = value
    return values
