"""When a rule speaks: whether its condition surely holds, and how likely it does.

Surely is three-valued logic (Kleene): an attribute that is `unknown`, missing or has a value nobody foresaw is
neither yes nor no; a soft jaw may still be sure from a double chin alone. `unless` asks the reverse, that
something does not surely hold: an unstated `race` leaves the complexion to `paleskin`.

Likely takes attributes as independent. Inclusion and exclusion turn a condition into a sum of products, exact also
where `when`, `any` and `unless` ask for one attribute: all of `when`, less the part of it where nothing of `any` is
so, less the part where all of `unless` is so. Where attributes are certain or unknown this is 1 where the condition
surely holds, else 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Test = tuple[str, frozenset[str]]
Tests = tuple[Test, ...]
# By attribute the probability of each value; what is missing to 1 is unknown.
Known = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must surely hold (`when`), of what at least one (`any`), and what must not surely hold (`unless`)."""

    when: Tests
    any: Tests
    unless: Tests

    @property
    def tests(self) -> Tests:
        """All of them."""
        return (*self.when, *self.any, *self.unless)

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether it surely holds: an attribute that is not in `values` answers no question."""
        for name, wanted in self.when:  # a plain loop: this is asked for every rule of every face
            if values.get(name) not in wanted:
                return False
        if self.any and not any(values.get(name) in wanted for name, wanted in self.any):
            return False
        return not (self.unless and all(values.get(name) in wanted for name, wanted in self.unless))


class _Product(NamedTuple):
    """The chance that attributes are `among` some values, and others are `outside`."""

    sign: float
    among: list[Test]
    outside: list[Test]


class Chances:
    """How likely each of several conditions holds, all of them at once."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        products = [list(_expanded(condition)) for condition in conditions]
        flat = [product for own in products for product in own]
        tests = list(dict.fromkeys(test for product in flat for test in (*product.among, *product.outside)))
        asked = {name: sorted({v for other, vs in tests if other == name for v in vs}) for name, _ in tests}
        self._asked = list(asked.items())
        values = [(name, value) for name, own in self._asked for value in own]
        among = [[name == n and v in wanted for n, v in values] for name, wanted in tests]
        self._tests = np.array(among, dtype=np.float64).reshape(len(tests), len(values))
        # Factors are the share of each test, then what is left of it, then 1, which fills up short products.
        width = max(1, *(len(product.among) + len(product.outside) for product in flat))
        factors = [
            [*map(tests.index, inside), *(len(tests) + tests.index(test) for test in outside)]
            for _, inside, outside in flat
        ]
        self._factors = np.array([row + [2 * len(tests)] * (width - len(row)) for row in factors])
        self._signs = np.array([product.sign for product in flat])
        self._starts = np.cumsum([0, *map(len, products[:-1])])

    def of(self, known: Known) -> NDArray[np.float64]:
        """(conditions,) chances, 0 to 1, in hundredths: nobody knows them better."""
        nothing: Mapping[str, float] = {}
        told = [known.get(name, nothing).get(value, 0.0) for name, values in self._asked for value in values]
        # Not `@`: BLAS wakes threads for a product this small.
        shares = np.einsum("tv,v->t", self._tests, np.array(told))
        factors = np.concatenate((shares, 1 - shares, (1.0,)))
        products = self._signs * np.multiply.reduce(factors[self._factors], axis=1)
        return np.minimum(np.maximum(np.add.reduceat(products, self._starts), 0.0), 1.0).round(2)


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
            yield _Product(one * other, list(among.items()), list(outside.items()))
