"""Which six frames two photos of one person get.

How many are shared says little alone: who shows everybody the same six shares all of them. So strangers of the same
gender are judged beside, and the six of one photo by the wish that the published rules make of the values told on
the other: what does not suit there was chosen by the photo, not by the person.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shared.contracts import Face, Wish
from shared.scoring import Aims
from shared.scoring.aims import shares_of
from training.judging import Array
from workers.expert import advise, rules_in_force
from workers.search import open_catalogue
from workers.search.choice import varied_models

_SIX = 6
_STRANGERS = 2000  # pairs of them
_SHOPS = (5000, 2000, 1000, 500)  # frames, drawn from the catalogue
_DRAWN = (0.1, 0.3, 1.0, 3.0, 10.0)  # how much more noise than measured; 1 is as measured
_RIDGE = 0.02
Pair = tuple[int, int]
Passed = NDArray[np.bool_]
Chosen = dict[int, list[int]]
Table = dict[int, Array]  # by face, its 46 numbers


class Room(NamedTuple):
    """Faces, and pairs of them: two photos of one person; strangers of one gender."""

    faces: Sequence[Face]
    persons: list[Pair]
    strangers: list[Pair]

    @property
    def all(self) -> list[int]:
        """Every face of a pair."""
        return sorted({number for pair in (*self.persons, *self.strangers) for number in pair})

    def gender(self, number: int) -> str:
        """Whose frames are searched."""
        return self.faces[number].gender.value


def judge_six(faces: Sequence[Face], owns: Iterable[Iterable[int]]) -> None:
    """Print the table.

    Args:
        faces: As perception tells them.
        owns: The photos of each person, as numbers of faces.
    """
    room = _room(faces, [[int(number) for number in own] for own in owns])
    stated = _wishes(room, certain)
    expected = _wishes(room, lambda face: face)
    judges = {number: Aims(_wish(row)) for number, row in stated.items()}

    def show(name: str, wishes: Table, passed: Passed | None = None) -> dict[str, str | float]:
        return _line(room, name, wishes, judges, passed)

    lines = [show("values told, whole or not at all", stated), show("expected", expected)]
    lines += [show(f"expected, noise × {more}", drawn(room, expected, more)) for more in _DRAWN]
    usual = {one: _mean(stated, room, room.gender(one)) for one in room.all}
    lines += [show("the same for all", usual)]
    lines += [show(f"expected, shop of {size}", expected, _shop(size)) for size in _SHOPS]
    print(
        f"\nsix frames: {len(room.persons)} people, {len(room.strangers)} pairs of strangers of one gender\n"
    )
    print(pd.DataFrame(lines).round(3).to_string(index=False))
    print(f"\nthe likeliest face shape is told with a noise of {shape_noise(room):.2f}")


def certain(face: Face) -> Face:
    """The face as a client would state it: each value told is so."""
    plain = {name: one.model_copy(update={"probabilities": {}}) for name, one in face.attributes().items()}
    return face.model_copy(update={**plain, "faceshape_noise": None})


def _room(faces: Sequence[Face], owns: list[list[int]]) -> Room:
    rng = np.random.default_rng(1)
    persons = [(own[0], own[1]) for own in owns if len(own) > 1]
    drawn_pairs = rng.integers(len(owns), size=(3 * _STRANGERS, 2)).tolist()
    strangers = [
        (owns[a][0], owns[b][0])
        for a, b in drawn_pairs
        if a != b and faces[owns[a][0]].gender.value == faces[owns[b][0]].gender.value
    ]
    return Room(faces, persons, strangers[:_STRANGERS])


def _wishes(room: Room, told: Callable[[Face], Face]) -> Table:
    rules = rules_in_force()
    found = {number: advise(told(room.faces[number]), rules).wish for number in room.all}
    return {number: np.array([*wish.shape, *wish.color]) for number, wish in found.items()}


def _wish(row: Array) -> Wish:
    return Wish(shape=tuple(row[:31].tolist()), color=tuple(row[31:].tolist()))


def _line(
    room: Room, name: str, wishes: Table, judges: dict[int, Aims], passed: Passed | None
) -> dict[str, str | float]:
    chosen = _chosen(room, wishes, passed)
    of_frame = open_catalogue(None).models.of_frame
    models = {number: of_frame[places].tolist() for number, places in chosen.items()}
    both = [(a, b) for pair in room.persons for a, b in (pair, pair[::-1])]
    return {
        "wish": name,
        "persons": _shared(chosen, room.persons),
        "strangers": _shared(chosen, room.strangers),
        "models": _shared(models, room.persons),
        "strangers'": _shared(models, room.strangers),
        "correlation": _alike(wishes, room.persons),
        "of strangers": _alike(wishes, room.strangers),
        "suits": float(np.mean([_suits(chosen[a], judges[b]) for a, b in both])),
        "frames": len({place for six in chosen.values() for place in six}),
    }


def _chosen(room: Room, wishes: Table, passed: Passed | None) -> Chosen:
    catalogue = open_catalogue(None)
    return {
        number: varied_models(
            catalogue, room.gender(number), Aims(_wish(row)).query, _SIX, passed
        ).places.tolist()
        for number, row in wishes.items()
    }


def _shared(chosen: Chosen, pairs: list[Pair]) -> float:
    return float(np.mean([len({*chosen[a]} & {*chosen[b]}) for a, b in pairs]))


def _alike(wishes: Table, pairs: list[Pair]) -> float:
    return float(np.mean([np.corrcoef(wishes[a], wishes[b])[0, 1] for a, b in pairs]))


def _suits(places: list[int], aims: Aims) -> float:
    """The mean score of `balanced` of frames, 0 to 1."""
    shares = shares_of(*open_catalogue(None).numbers(np.array(places)))
    return float((aims.fits(shares) @ aims.weight).mean())


def _shop(size: int) -> Passed:
    """Which frames a smaller shop would have."""
    passed = np.zeros(open_catalogue(None).size, dtype=np.bool_)
    passed[np.random.default_rng(size).permutation(len(passed))[:size]] = True
    return passed


def _mean(wishes: Table, room: Room, gender: str) -> Array:
    return np.asarray(
        np.mean([row for number, row in wishes.items() if room.gender(number) == gender], axis=0)
    )


def drawn(room: Room, wishes: Table, more: float) -> Table:
    """Wishes drawn to the usual one of their gender, as far as photos of one person differ in that direction.

    The mean of what the person's wish may be, given one photo's, if both are normal: B (B + W)⁻¹ of the way, where B
    and W are the scatter between people and within them. Fitted on the other half of the people.

    Args:
        room: Faces and pairs.
        wishes: By face.
        more: What the scatter within is multiplied by.
    """
    half = {number: place % 2 for place, pair in enumerate(room.persons) for number in pair}
    found: Table = {}
    for gender in {room.gender(number) for number in wishes}:
        mine = [number for number in wishes if room.gender(number) == gender]
        usual = _mean(wishes, room, gender)
        for side in (0, 1):
            told = [number for number in mine if half.get(number) != side]
            pairs = [pair for pair in room.persons if {*pair} <= {*told}]
            within = np.cov(np.array([wishes[a] - wishes[b] for a, b in pairs]).T) / 2
            values, axes = np.linalg.eigh(np.cov(np.array([wishes[number] for number in told]).T) - within)
            between = (axes * np.maximum(values, 0)) @ axes.T
            draw = between @ np.linalg.inv(between + more * within + _RIDGE * np.eye(46))
            for number in mine:
                if half.get(number, 0) == side:
                    found[number] = usual + draw @ (wishes[number] - usual)
    return found


def shape_noise(room: Room) -> float:
    """`SHAPE_NOISE` of perception: what best foretells whether the other photo is in doubt of its likeliest shape."""
    unsure = rules_in_force().unsure_below
    tops = {number: max(room.faces[number].faceshape.values()) for number in room.all}
    told = np.array([(tops[a], tops[b] < unsure) for pair in room.persons for a, b in (pair, pair[::-1])])
    tried = np.arange(0.05, 0.6, 0.01)
    return float(max(tried, key=lambda noise: _likelihood(told, unsure, noise)))


def _likelihood(told: Array, unsure: float, noise: float) -> float:
    below = np.array([_below((unsure - top) / noise) for top in told[:, 0]])
    return float(np.log(np.where(told[:, 1] > 0, below, 1 - below)).sum())


def _below(z: float) -> float:
    """The cumulative normal distribution, nowhere quite 0 or 1."""
    return min(max(0.5 * (1 + math.erf(z / math.sqrt(2))), 1e-9), 1 - 1e-9)
