"""The rule set in force, told to whoever asks the service for it."""

import json
from typing import Any

import redis

from shared.records import keys
from workers.expert.compiled import Rule, RuleSet
from workers.expert.conditions import Condition

_KEPT_SECONDS = 365 * 24 * 3600  # far longer than a worker is idle; each start and each edit renews it


def publish(rules: RuleSet, client: redis.Redis) -> None:
    """Lay the rule set where the gateway reads it."""
    told = {"version": rules.version, "rules": [tell(rule) for rule in rules.rules]}
    client.set(keys.RULES, json.dumps(told), ex=_KEPT_SECONDS)


def tell(rule: Rule) -> dict[str, Any]:
    """A rule as plain JSON: when it fires, and what it raises and lowers by how much.

    Amounts are times `times` where that is not empty: its letters are explained in `rules/ruleset.yaml`.
    """
    effect = rule.effect(1.0)
    told = {
        "id": rule.id,
        "theme": rule.theme,
        "face_shape": rule.face_shape,
        **_conditions(rule.condition),
        "times": rule.letters,
        "raised": effect.raised,
        "lowered": effect.lowered,
    }
    return {name: value for name, value in told.items() if value not in ("", None, {})}


def _conditions(condition: Condition) -> dict[str, dict[str, list[str]]]:
    parts = {"when": condition.when, "any": condition.any, "unless": condition.unless}
    return {part: {name: sorted(values) for name, values in tests} for part, tests in parts.items()}
