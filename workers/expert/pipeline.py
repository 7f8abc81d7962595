"""Face in, wish and explanation out."""

from typing import Any

from shared.contracts import Advised, Face
from workers.expert.compiled import RuleSet
from workers.expert.engine import infer
from workers.expert.wording import explain


def advise(face: Face, rules: RuleSet, language: str = "en") -> Advised:
    """Apply the rules to a face and say why.

    Args:
        face: Any of its attributes may be unknown.
        rules: The rule set.
        language: `en`, `ru`, or any other file in `locales/`.

    Raises:
        RulesInvalidError: There is no such language.
    """
    wish, fired = infer(face, rules)
    return Advised.model_construct(
        wish=wish, explanation=explain(wish, fired, rules, language), rules_version=rules.version
    )


def advise_line(line: dict[str, Any], rules: RuleSet, language: str = "en") -> dict[str, Any]:
    """The expert as a filter: one face as JSON in, its wish and reasons out.

    Args:
        line: The attributes by name, or `{"face": attributes}`; each a bare value or with a `confidence`.
        rules: The rule set.
        language: Of text and summary.

    Returns:
        `shape` (31), `color` (15), `rules` (ids that fired), `text`, `summary`.

    Raises:
        pydantic.ValidationError: A probability is no number, or an attribute no value at all.
    """
    advised = advise(Face.model_validate(line.get("face", line)), rules, language)
    told = advised.explanation
    return {
        "shape": list(advised.wish.shape),
        "color": list(advised.wish.color),
        "rules": [rule.id for rule in told.rules],
        "text": told.text,
        "summary": told.summary,
    }
