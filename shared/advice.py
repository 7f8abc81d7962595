"""Capture advice as a sentence; the sentences lie in `shared/locales/`, one file a language."""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.contracts import Advice

_LOCALES = Path(__file__).parent / "locales"


@lru_cache
def _phrases(language: str) -> dict[str, Any]:
    return tomllib.loads((_LOCALES / f"{language}.toml").read_text(encoding="utf-8"))


def sentence(advice: Advice, language: str) -> str:
    """What to tell the person in front of the camera.

    Args:
        advice: What was seen.
        language: A language that has a file, as `JobOptions.language` names it.
    """
    phrases = _phrases(language)
    text: str = phrases["advice"][advice.code]
    told = text.format(
        direction=phrases["direction"].get(advice.direction, ""),
        degrees=round(advice.degrees or 0),
        faces=advice.faces,
        by=phrases["by"].get(advice.by, ""),
    )
    return told if advice.photo is None else phrases["numbered"].format(photo=advice.photo, told=told)


def spoken(items: Iterable[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Advice as JSON, each with its `sentence`."""
    return [{**item, "sentence": sentence(Advice.model_validate(item), language)} for item in items]
