"""What the words of a name or a description give away: a guess, for columns that are missing or empty."""

from collections.abc import Mapping

from workers.search.importing.words import CHILDREN, COLOURS, GENDERS, MATERIALS, RIMS, SHAPES, Words, known

# Words that mean something in a column of their own, but are people's, makers' or everybody's words in prose.
_NAMES = frozenset(
    (
        *(
            "rose",
            "pearl",
            "amber",
            "olive",
            "jet",
            "ebony",
            "ivory",
            "violet",
            "plum",
            "honey",
            "wine",
            "mocha",
            "mint",
        ),
        *(
            "coral",
            "steel",
            "sky",
            "lavender",
            "emerald",
            "cognac",
            "coffee",
            "clear",
            "shiny",
            "multi",
            "peach",
        ),
        *(
            "her",
            "him",
            "all",
            "both",
            "adult",
            "adults",
            "m",
            "f",
            "w",
            "u",
            "boy",
            "girl",
            "lady",
            "м",
            "ж",
        ),
        *(
            "full",
            "half",
            "semi",
            "other",
            "pilot",
            "circle",
            "captain",
            "supra",
            "wood",
            "alloy",
            "resin",
            "demi",
        ),
        *("ab", "rot", "teal", "brass", "copper", "bronze", "champagne", "smoke", "navigator", "butterfly"),
    )
)
_FIELDS: Mapping[str, Words] = {
    name: {theirs: ours for theirs, ours in words.items() if theirs not in _NAMES}
    for name, words in (
        ("shape", SHAPES),
        ("rim", RIMS),
        ("material", MATERIALS),
        ("color", COLOURS),
        ("gender", GENDERS),
    )
}


def from_prose(text: str, brand: str, missing: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """By field, our words found in a text.

    Args:
        text: A name and whatever else a shop writes.
        brand: Left out of it: Gold & Wood makes no frame golden.
        missing: The fields looked for.
    """
    bare = text.casefold().replace(brand.casefold(), " ") if brand else text
    found = {name: tuple(known(bare, _FIELDS[name])) for name in missing if name in _FIELDS}
    if CHILDREN in found.get("gender", ()):  # a column decides who is a child, not a word in passing
        del found["gender"]
    return {name: words for name, words in found.items() if words}
