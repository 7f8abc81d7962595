"""`Wish` in, `Match`es from a catalogue snapshot out."""

from workers.search.pipeline import search, search_line, warm
from workers.search.shelf import open_catalogue

__all__ = ["open_catalogue", "search", "search_line", "warm"]
