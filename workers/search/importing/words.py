"""What shops call shapes, rims, materials, colours and genders, and which of our words that is."""

import re
from collections.abc import Mapping

from shared.eyewear.spec import Colour, Material, Rim, Shape

Words = Mapping[str, str]
CHILDREN = "children"  # a gender that nothing is recommended to: the rules are about grown faces


def _russian(word: str, *stems: str) -> Words:
    """A word by the stems of Russian adjectives, in all endings of the nominative."""
    endings = "ый ий ой ая яя ое ее ые ие".split()  # noqa: SIM905  quoted words would be harder to read
    return {stem + ending: word for stem in stems for ending in endings}


SHAPES: Words = {word.value.replace("_", " "): word.value for word in Shape} | {
    "rectangular": "rectangle", "cateye": "cat_eye", "butterfly": "cat_eye", "pilot": "aviator", "navigator": "aviator",
    "teardrop": "aviator", "browline": "clubmaster", "brow line": "clubmaster", "panto": "walnut", "pantos": "walnut",
    "phantos": "walnut", "circle": "round", "circular": "round", "ellipse": "oval", "geometric": "other_shape",
    "geometrical": "other_shape", "hexagon": "other_shape", "hexagonal": "other_shape", "octagon": "other_shape",
    "octagonal": "other_shape", "irregular": "other_shape", "other": "other_shape", "trapezoid": "wayfarer",
    "d frame": "wayfarer", "d shape": "wayfarer", "rechteckig": "rectangle", "quadratisch": "square", "rund": "round",
    "кошачий глаз": "cat_eye", "лисички": "cat_eye", "бабочка": "cat_eye",
    "авиатор": "aviator", "авиаторы": "aviator", "капля": "aviator", "вайфарер": "wayfarer", "вайфареры": "wayfarer",
    "клабмастер": "clubmaster", "клабмастеры": "clubmaster", "панто": "walnut", "круг": "round",
    **_russian(Shape.RECTANGLE, "прямоугольн"), **_russian(Shape.SQUARE, "квадратн"), **_russian(Shape.OVAL, "овальн"),
    **_russian(Shape.ROUND, "кругл"), **_russian(Shape.OTHER, "геометрическ", "фигурн"),
}  # fmt: skip
RIMS: Words = {
    "full": Rim.FULL, "full rim": Rim.FULL, "fullrim": Rim.FULL, "full frame": Rim.FULL, "semi": Rim.SEMI,
    "half": Rim.SEMI, "half rim": Rim.SEMI, "semi rim": Rim.SEMI, "semi rimless": Rim.SEMI, "half frame": Rim.SEMI,
    "vollrand": Rim.FULL, "halbrand": Rim.SEMI, "randlos": Rim.RIMLESS, "леска": Rim.SEMI, "на леске": Rim.SEMI,
    "ободок": Rim.FULL, "винтовая": Rim.RIMLESS, "на винтах": Rim.RIMLESS,
    **_russian(Rim.FULL, "ободков", "полноободков"), **_russian(Rim.SEMI, "полуободков", "лесочн"),
    **_russian(Rim.RIMLESS, "безободков"),
    "nylor": Rim.SEMI, "supra": Rim.SEMI, "rimless": Rim.RIMLESS, "frameless": Rim.RIMLESS, "no rim": Rim.RIMLESS,
}  # fmt: skip
MATERIALS: Words = {
    **dict.fromkeys(("plastic", "acetate", "zyl", "zylonite", "propionate", "nylon", "optyl", "tr90", "tr 90", "ultem",
                     "polycarbonate", "injected", "resin", "cellulose", "polyamide", "kunststoff", "plastique", "пластик",
                     "ацетат", "пластмасса", "нейлон"), Material.PLASTIC),
    **dict.fromkeys(("metal", "titanium", "beta titanium", "stainless steel", "steel", "monel", "beryllium", "aluminium",
                     "aluminum", "memory metal", "alloy", "nickel", "gold plated", "metall", "titan", "edelstahl", "métal",
                     "металл", "титан", "сталь", "алюминий", "сплав"), Material.METAL),
    **dict.fromkeys(("wood", "wooden", "bamboo", "holz", "bois", "дерево", "бамбук"), Material.WOOD),
    **_russian(Material.PLASTIC, "пластиков", "ацетатн"), **_russian(Material.METAL, "металлическ", "титанов", "стальн"),
    **_russian(Material.WOOD, "деревянн"),
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
    **dict.fromkeys(("grün", "vert"), Colour.GREEN), **dict.fromkeys(("weiß", "weiss", "blanc"), Colour.WHITE),
    **dict.fromkeys(("grau", "gris"), Colour.GREY), **dict.fromkeys(("silber", "argent"), Colour.SILVER),
    **dict.fromkeys(("золото", "золотистая"), Colour.GOLD), "серебро": Colour.SILVER, "бордо": Colour.RED,
    "хаки": Colour.GREEN, "хамелеон": Colour.MULTICOLOR, "леопард": Colour.BROWN, "гавана": Colour.BROWN,
    "черепаха": Colour.BROWN,
    **_russian(Colour.BLACK, "черн"), **_russian(Colour.BROWN, "коричнев", "бежев", "бронзов", "черепахов", "янтарн"),
    **_russian(Colour.GOLD, "золот", "золотист", "желт"), **_russian(Colour.BLUE, "син", "голуб", "бирюзов"),
    **_russian(Colour.SILVER, "серебрян", "серебрист"), **_russian(Colour.RED, "красн", "бордов", "оранжев"),
    **_russian(Colour.GREEN, "зелен", "оливков"), **_russian(Colour.PURPLE, "фиолетов", "сиренев", "лилов"),
    **_russian(Colour.GREY, "сер", "графитов"), **_russian(Colour.TRANSPARENT, "прозрачн"),
    **_russian(Colour.PINK, "розов"), **_russian(Colour.WHITE, "бел"), **_russian(Colour.MULTICOLOR, "разноцветн"),
    **dict.fromkeys(("multi", "multicolour", "multicolored", "rainbow"), Colour.MULTICOLOR),
}  # fmt: skip
GENDERS: Words = {
    **dict.fromkeys(("female", "women", "woman", "womens", "ladies", "lady", "girl", "girls", "f", "w", "damen",
                     "frauen", "femme", "femmes", "her", "ж", "жен", "женщинам", "девушкам"), "female"),
    **dict.fromkeys(("male", "men", "man", "mens", "gents", "gentlemen", "boy", "boys", "m", "herren", "männer",
                     "homme", "hommes", "him", "м", "муж", "мужчинам"), "male"),
    **dict.fromkeys(("unisex", "all", "both", "adult", "adults", "u", "унисекс", "универсальные"), "unisex"),
    **_russian("female", "женск"), **_russian("male", "мужск"), **dict.fromkeys(
        ("kids", "kid", "children", "childrens", "child", "junior", "juniors", "youth", "baby", "kinder", "enfant", "enfants",
         "дети", "детям"), CHILDREN), **_russian(CHILDREN, "детск"),
}  # fmt: skip
STOCK: Words = {
    **dict.fromkeys(("true", "yes", "y", "1", "in stock", "available", "instock", "ja", "oui", "да",
                     "есть", "в наличии"), "yes"),
    **dict.fromkeys(("false", "no", "n", "0", "out of stock", "sold out", "outofstock", "nein",
                     "non", "нет", "нет в наличии"), "no"),
}  # fmt: skip
_LONGEST = 3  # words in a name of ours: "memory metal", "semi rim"


def plain(text: str) -> str:
    """Small letters and digits, single spaces: what words are compared by."""
    return re.sub(r"[^\w]+|_", " ", text.lower().replace("'", "").replace("’", "").replace("ё", "е")).strip()


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
