"""Judging six frames: what is drawn to the usual, what strangers share, and how noisy a face shape is."""

import itertools
import random

import numpy as np
import pytest

from shared.contracts import ATTRIBUTE_VALUES, FACE_SHAPES, Face
from training.faces.six import Room, certain, drawn, judge_six, shape_noise
from workers.expert import advise, rules_in_force

PAIRS = [(2 * number, 2 * number + 1) for number in range(200)]


def people(count: int) -> list[Face]:
    """Two photos of each person: the same face, but for how sure it is."""
    chance = random.Random(3)
    faces = []
    for _ in range(count):
        told = {name: chance.choice(legal) for name, legal in ATTRIBUTE_VALUES.items() if legal}
        for sure in (0.9, 0.7):
            attributes = {
                name: {"value": value, "confidence": sure, "probabilities": {value: sure}}
                for name, value in told.items()
            }
            faces.append(Face.model_validate({**attributes, "faceshape": {"oval": sure, "round": 1 - sure}}))
    return faces


def test_wishes_are_drawn_towards_the_people_they_are_of() -> None:
    """Given photos that scatter around their people / Then drawn wishes lie nearer to them, and the more noise is assumed the nearer to the usual."""
    chance = np.random.default_rng(2)
    own = np.repeat(chance.normal(size=(len(PAIRS), 46)), 2, axis=0)
    wishes = dict(enumerate(own + chance.normal(size=own.shape)))
    faces = [Face.model_validate({"gender": "male"})] * len(own)
    room = Room(faces, PAIRS, [])

    found = {more: np.array([*drawn(room, wishes, more).values()]) for more in (0.0, 1.0, 100.0)}
    away = {more: float(((table - own) ** 2).mean()) for more, table in found.items()}
    assert away[1.0] < 0.75 * away[0.0]
    assert found[100.0].std() < 0.2 * found[0.0].std()


def test_the_noise_of_a_face_shape_is_found_again() -> None:
    """Given likeliest shapes that another photo tells with a known noise / Then about that noise is found."""
    chance = np.random.default_rng(5)
    tops = []
    for top in chance.uniform(0.2, 0.6, 3000):
        tops += [top, float(np.clip(top + 0.1 * chance.standard_normal(), 0.01, 1))]
    faces = [
        Face(faceshape=dict(zip(FACE_SHAPES, [top, *[min(top, (1 - top) / 7)] * 7], strict=True)))
        for top in tops
    ]
    pairs = [(2 * number, 2 * number + 1) for number in range(3000)]

    assert shape_noise(Room(faces, pairs, [])) == pytest.approx(0.1, abs=0.03)


def test_a_certain_face_gets_the_published_wish() -> None:
    """What a client would state: the values told, without doubt."""
    face = people(1)[1]
    plain = Face.model_validate(
        {name: one.value for name, one in face.attributes().items()} | {"faceshape": face.faceshape}
    )

    assert advise(certain(face), rules_in_force()).wish == advise(plain, rules_in_force()).wish
    assert advise(face, rules_in_force()).wish != advise(plain, rules_in_force()).wish


def test_the_table_tells_who_shares_what(capsys: pytest.CaptureFixture[str]) -> None:
    """Given photos of which the values agree / Then most of six are shared where values count whole, few by strangers, and all where all get the same."""
    faces = people(40)
    judge_six(faces, [[2 * number, 2 * number + 1] for number in range(40)])
    lines = capsys.readouterr().out.splitlines()

    def shares(name: str) -> tuple[float, float]:
        told = next(line for line in lines if name in line).partition(name)[2].split()
        return float(told[0]), float(told[1])

    persons, strangers = shares("at all")
    assert persons > 3
    assert strangers < 1
    assert shares("same for all") == (6, 6)
    assert any("noise of" in line for line in lines)
    assert len(list(itertools.takewhile(lambda line: "likeliest" not in line, lines))) > 12
