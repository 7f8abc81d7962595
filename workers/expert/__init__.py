"""`Face` in, `Wish` and `Explanation` out."""

from workers.expert.compiled import RuleSet
from workers.expert.pipeline import advise, advise_line
from workers.expert.rules import load, rules_in_force

__all__ = ["RuleSet", "advise", "advise_line", "load", "rules_in_force"]
