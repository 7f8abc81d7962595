"""The words of the page, against the code that uses them and the contracts they translate."""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from gateway import page
from shared.contracts import ATTRIBUTE_VALUES, COLOR_FEATURES, FACE_SHAPES, SHAPE_FEATURES, Stage, Strategy
from shared.contracts.advice import AdviceCode
from shared.errors import all_errors
from shared.eyewear.spec import Bridge, Colour, Finish, Material, Rim, Shape, UpperLine
from shared.scoring.aims import BLOCKS
from shared.settings import ROOT

FOLDER = Path(page.__file__).parent / "page"
LANGUAGES = ("en", "ru")
PLURALS = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}}
KINDS: dict[str, type[StrEnum]] = {
    "shape": Shape,
    "rim": Rim,
    "material": Material,
    "color": Colour,
    "finish": Finish,
    "upper_line": UpperLine,
    "bridge": Bridge,
}
UNSAID = {"finish.plain"}  # what the page leaves out
# A key in a call, in an attribute, or beside one in a pair; those built from parts are asked for below.
_USED = re.compile(r"""(?:\bt\(|\bfield\(|\brow\()"([a-z_.0-9]+)"|data-t(?:-label)?="([a-z_.0-9]+)\"""")


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads((FOLDER / "locales" / f"{language}.json").read_text(encoding="utf-8"))
    return words


def _gaps(phrase: Any) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", phrase if isinstance(phrase, str) else " ".join(phrase.values())))


def _used() -> Iterator[str]:
    for path in [FOLDER / "index.html", *sorted(FOLDER.glob("js/*.js"))]:
        for found in _USED.finditer(path.read_text(encoding="utf-8")):
            yield found[1] or found[2]


def test_both_languages_say_the_same_things() -> None:
    """Given a phrase in one language, the other has it, in the same order and with the same gaps to fill."""
    english, russian = map(_words, LANGUAGES)
    assert list(english) == list(russian)
    assert [key for key in english if _gaps(english[key]) != _gaps(russian[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_every_form_of_their_language(language: str) -> None:
    """Given a phrase that counts, it has a form for each way its language counts."""
    plurals = {key: set(phrase) for key, phrase in _words(language).items() if isinstance(phrase, dict)}
    assert plurals
    assert {key: forms for key, forms in plurals.items() if forms != PLURALS[language]} == {}


def test_every_key_in_the_code_has_words() -> None:
    """Given the keys that the page's own files name, each has words."""
    used = set(_used())
    assert len(used) > 100
    assert used - set(_words("en")) == set()


def test_everything_a_service_may_say_has_words() -> None:
    """Given stages, strategies, advice, attributes, features and words of a frame, each can be told to a shopper."""
    wanted = {f"step.{stage}" for stage in Stage} | {f"stage.{stage}" for stage in Stage}
    wanted |= {f"strategy.{name}{part}" for name in Strategy for part in ("", ".about")}
    wanted |= {f"trouble.{code}" for code in AdviceCode}
    wanted |= {f"attribute.{name}" for name in ("faceshape", *ATTRIBUTE_VALUES)}
    wanted |= {f"value.faceshape.{name}" for name in FACE_SHAPES}
    wanted |= {f"feature.{name}" for name in (*SHAPE_FEATURES, *COLOR_FEATURES)}
    wanted |= {f"block.{name}" for name in BLOCKS}
    wanted |= {f"theme.{path.stem}" for path in ROOT.glob("workers/expert/rules/*.yaml")} - {"theme.ruleset"}
    wanted |= {f"{kind}.{word}" for kind, words in KINDS.items() for word in words} - UNSAID
    assert wanted - set(_words("en")) == set()


def test_every_value_of_a_face_has_words() -> None:
    """Given a legal value of an attribute, it has words of its own or those all attributes share."""
    words = _words("en")
    for name, values in ATTRIBUTE_VALUES.items():
        for value in values:
            assert f"value.{name}.{value}" in words or f"value.{value}" in words, (name, value)


def test_trouble_is_told_of_errors_that_exist() -> None:
    """Given words for an error, the service has an error of that code, or the page itself finds it."""
    own = {"title", "do", "camera", "pick", "retry", "busy", "offline", "expired", "covered"}
    told = {key.split(".")[1] for key in _words("en") if key.startswith("trouble.")}
    assert told - own - set(all_errors()) - set(AdviceCode) == set()
