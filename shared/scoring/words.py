"""Words of a language, from `shared/locales/`."""

import tomllib
from functools import lru_cache
from pathlib import Path

_LOCALES = Path(__file__).parents[1] / "locales"

Words = dict[str, dict[str, str]]


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """Sections of phrases by name.

    Args:
        language: One that has a file, as `JobOptions.language` names it.
    """
    read: Words = tomllib.loads((_LOCALES / f"{language}.toml").read_text(encoding="utf-8"))
    return read
