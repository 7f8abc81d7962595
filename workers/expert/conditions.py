"""When a rule speaks: whether its condition surely holds, and how likely it does.

Surely is three-valued logic (Kleene): an attribute that is `unknown`, missing or has a value nobody foresaw is
neither yes nor no; a soft jaw may still be sure from a double chin alone. `unless` asks the reverse, that
something does not surely hold: an unstated `race` leaves the complexion to `paleskin`.

Likely takes attributes as independent. Inclusion and exclusion turn a condition into a sum of products, exact also
where `when`, `any` and `unless` ask for one attribute: all of `when`, less the part of it where nothing of `any` is
so, less the part where all of `unless` is so. Where attributes are certain or unknown this is 1 where the condition
surely holds, else 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Tests = tuple[tuple[str, frozenset[str]], ...]
# By attribute the probability of each value; what is missing to 1 is unknown.
Known = Mapping[str, Mapping[str, float]]


class _Product(NamedTuple):
    """The chance that attributes are `among` some values, and others are `outside`."""

    sign: float
    among: Tests
    outside: Tests


@dataclass(frozen=True, slots=True)
class Condition:
    """What must surely hold (`when`), of what at least one (`any`), and what must not surely hold (`unless`)."""

    when: Tests
    any: Tests
    unless: Tests
    _products: tuple[_Product, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Expand into products."""
        object.__setattr__(self, "_products", tuple(_expanded(self)))

    @property
    def tests(self) -> Tests:
        """All of them."""
        return (*self.when, *self.any, *self.unless)

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether it surely holds: an attribute that is not in `values` answers no question."""
        for name, wanted in self.when:
            if values.get(name) not in wanted:
                return False
        if self.any and not any(values.get(name) in wanted for name, wanted in self.any):
            return False
        return not (self.unless and all(values.get(name) in wanted for name, wanted in self.unless))

    def chance(self, known: Known) -> float:
        """How likely it holds, 0 to 1, in hundredths: nobody knows it better."""
        total = 0.0
        for sign, among, outside in self._products:
            product = sign
            for name, values in among:
                product *= _share(known, name, values)
                if not product:
                    break
            for name, values in outside:
                product *= 1 - _share(known, name, values)
            total += product
            if not total:  # the others are parts of the first
                return 0.0
        return round(min(max(total, 0.0), 1.0), 2)


def _share(known: Known, name: str, values: frozenset[str]) -> float:
    chances = known.get(name)
    if chances is None:
        return 0.0
    share = 0.0
    for value in values:  # a plain loop: this is asked for every rule of every face
        if value in chances:
            share += chances[value]
    return share


def _expanded(condition: Condition) -> Iterator[_Product]:
    nothing: dict[str, frozenset[str]] = {}
    without_any = [(1.0, nothing), *([(-1.0, dict(condition.any))] if condition.any else [])]
    with_unless = [(1.0, nothing), *([(-1.0, dict(condition.unless))] if condition.unless else [])]
    for one, shut in without_any:
        for other, also in with_unless:
            among = dict(condition.when)
            for name, values in also.items():
                among[name] = among.get(name, values) & values
            among = {name: values - shut.get(name, frozenset()) for name, values in among.items()}
            outside = {name: values for name, values in shut.items() if name not in among}
            if all(among.values()) or not (shut or also):  # among no values at all is never
                yield _Product(one * other, tuple(among.items()), tuple(outside.items()))
