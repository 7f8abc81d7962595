"""Capture advice as a sentence in the shopper's language."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.contracts import Advice

LOCALES = Path(__file__).parent / "locales"


@lru_cache(maxsize=8)
def _words(language: str) -> dict[str, Any]:
    return tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))


def sentence(advice: Advice, language: str) -> str:
    """What to tell the shopper.

    Args:
        advice: What was seen.
        language: `en`, `ru`, or any other file in `locales/`.
    """
    words = _words(language)
    template: str = words["advice"][advice.code]
    return template.format(
        direction=words["direction"].get(advice.direction, ""),
        degrees=round(advice.degrees or 0),
        faces=advice.faces or 0,
    )
