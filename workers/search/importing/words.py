"""What shops call shapes, rims, materials, colours and genders, and which of our words that is."""

import re
from collections.abc import Mapping

from shared.eyewear.spec import Colour, Material, Rim, Shape

Words = Mapping[str, str]

SHAPES: Words = {word.value.replace("_", " "): word.value for word in Shape} | {
    "rectangular": "rectangle", "cateye": "cat_eye", "butterfly": "cat_eye", "pilot": "aviator", "navigator": "aviator",
    "teardrop": "aviator", "browline": "clubmaster", "brow line": "clubmaster", "panto": "walnut", "pantos": "walnut",
    "phantos": "walnut", "circle": "round", "circular": "round", "ellipse": "oval", "geometric": "other_shape",
    "geometrical": "other_shape", "hexagon": "other_shape", "hexagonal": "other_shape", "octagon": "other_shape",
    "octagonal": "other_shape", "irregular": "other_shape", "other": "other_shape", "trapezoid": "wayfarer",
}  # fmt: skip
RIMS: Words = {
    "full": Rim.FULL, "full rim": Rim.FULL, "fullrim": Rim.FULL, "full frame": Rim.FULL, "semi": Rim.SEMI,
    "half": Rim.SEMI, "half rim": Rim.SEMI, "semi rim": Rim.SEMI, "semi rimless": Rim.SEMI, "half frame": Rim.SEMI,
    "nylor": Rim.SEMI, "supra": Rim.SEMI, "rimless": Rim.RIMLESS, "frameless": Rim.RIMLESS, "no rim": Rim.RIMLESS,
}  # fmt: skip
MATERIALS: Words = {
    **dict.fromkeys(("plastic", "acetate", "zyl", "zylonite", "propionate", "nylon", "optyl", "tr90", "tr 90", "ultem",
                     "polycarbonate", "injected", "resin", "cellulose", "polyamide"), Material.PLASTIC),
    **dict.fromkeys(("metal", "titanium", "beta titanium", "stainless steel", "steel", "monel", "beryllium", "aluminium",
                     "aluminum", "memory metal", "alloy", "nickel", "gold plated", "combinator"), Material.METAL),
    **dict.fromkeys(("wood", "wooden", "bamboo"), Material.WOOD),
}  # fmt: skip
COLOURS: Words = {word.value: word.value for word in Colour} | {
    **dict.fromkeys(("noir", "schwarz", "ebony", "jet"), Colour.BLACK),
    **dict.fromkeys(("tortoise", "tortoiseshell", "havana", "demi", "mocha", "bronze", "copper", "amber", "caramel",
                     "chocolate", "coffee", "tan", "beige", "cognac", "honey", "golden brown", "braun"), Colour.BROWN),
    **dict.fromkeys(("golden", "yellow", "champagne", "brass"), Colour.GOLD),
    **dict.fromkeys(("navy", "navy blue", "cyan", "turquoise", "aqua", "teal", "blau"), Colour.BLUE),
    **dict.fromkeys(("steel", "chrome", "platinum", "palladium", "ruthenium"), Colour.SILVER),
    **dict.fromkeys(("burgundy", "bordeaux", "wine", "maroon", "orange", "coral", "rot"), Colour.RED),
    **dict.fromkeys(("olive", "olive green", "khaki", "emerald", "mint"), Colour.GREEN),
    **dict.fromkeys(("violet", "lilac", "lavender", "plum", "mauve"), Colour.PURPLE),
    **dict.fromkeys(("gray", "gunmetal", "gunmetal grey", "smoke", "anthracite", "graphite", "charcoal"), Colour.GREY),
    **dict.fromkeys(("clear", "crystal"), Colour.TRANSPARENT),
    **dict.fromkeys(("rose", "rose gold", "peach", "fuchsia", "magenta", "blush"), Colour.PINK),
    **dict.fromkeys(("ivory", "cream", "pearl"), Colour.WHITE),
    **dict.fromkeys(("multi", "multicolour", "multicolored", "rainbow"), Colour.MULTICOLOR),
}  # fmt: skip
GENDERS: Words = {
    **dict.fromkeys(("female", "women", "woman", "womens", "ladies", "lady", "girl", "girls", "f", "w", "damen",
                     "her"), "female"),
    **dict.fromkeys(("male", "men", "man", "mens", "gents", "gentlemen", "boy", "boys", "m", "herren", "him"), "male"),
    **dict.fromkeys(("unisex", "all", "both", "adult", "adults", "u"), "unisex"),
}  # fmt: skip
STOCK: Words = {
    **dict.fromkeys(("true", "yes", "y", "1", "in stock", "available", "instock"), "yes"),
    **dict.fromkeys(("false", "no", "n", "0", "out of stock", "sold out", "outofstock"), "no"),
}  # fmt: skip
_LONGEST = 3  # words in a name of ours: "memory metal", "semi rim"


def plain(text: str) -> str:
    """Small letters and digits, single spaces: what words are compared by."""
    return re.sub(r"[^\w]+|_", " ", text.lower().replace("'", "")).strip()


def known(text: str, words: Words) -> list[str]:
    """Our words in a text, in its order, each once, the longest reading first: `rose gold` is one colour."""
    found: list[str] = []
    rest = plain(text).split()
    while rest:
        for length in range(min(_LONGEST, len(rest)), 0, -1):
            word = words.get(" ".join(rest[:length]))
            if word is not None or length == 1:
                found += [str(word)] if word is not None and word not in found else []
                rest = rest[length:]
                break
    return found
