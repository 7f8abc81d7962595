"""Words of the default catalogue: makers nobody else has, and what they call their frames."""

from typing import NamedTuple


class Maker(NamedTuple):
    """An invented maker.

    Attributes:
        name: As printed on a temple.
        code: Letters of its model numbers; empty where models have names.
        price: Least price of a plain plastic frame, in whole euros.
        metal: Share of wire frames, in thousandths.
        women: Share of women's frames, in thousandths.
    """

    name: str
    code: str
    price: int
    metal: int
    women: int


MAKERS = (
    Maker("Almendra", "", 89, 320, 760),
    Maker("Brightwater", "", 69, 420, 560),
    Maker("Corvo", "", 149, 380, 500),
    Maker("Dunelm Row", "", 119, 300, 460),
    Maker("Elske", "", 129, 460, 700),
    Maker("Fjordlys", "FL", 189, 820, 500),
    Maker("Gatelight", "GL", 59, 560, 520),
    Maker("Halden", "HD", 79, 640, 380),
    Maker("Ilmari", "", 169, 520, 480),
    Maker("Juniper & Slate", "", 109, 340, 560),
    Maker("Kestrel", "K", 99, 620, 300),
    Maker("Lumen Yard", "LY", 139, 700, 540),
    Maker("Marlow", "", 79, 380, 600),
    Maker("Norrsken", "N", 219, 780, 520),
    Maker("Oriel", "", 159, 360, 680),
    Maker("Perch", "", 49, 440, 580),
)
# Given names, rivers, towns, winds, trees: each maker uses each at most once.
WORDS = (  # noqa: SIM905  two hundred quoted words would be harder to read
    "Ada Agnes Alba Alder Alma Amber Anton Ardea Arlo Arno Aspen Astrid August Aurel Avon Bela Beryl Birch Blythe Bram "
    "Brenta Briar Brio Bruno Calla Calder Camille Caspian Cedar Celia Clio Clove Coast Cora Cosmo Cove Dahlia Dalia "
    "Dario Delta Dora Douro Drift Ebba Eder Edda Eden Edith Eider Elba Elio Ellis Elm Elsa Ember Emil Enzo Erik Esme "
    "Etta Ezra Fable Faro Fenn Fern Flora Floris Forth Freya Frida Gale Garda Gaston Gilda Ginger Glen Greta Gustav "
    "Hanna Harbor Hazel Hedda Heath Henri Holm Hugo Ida Ines Inga Iris Isar Isla Ivo Jana Jasper Jens Joki Jonas Jule "
    "Juno Kai Karla Kasper Keel Kira Klara Koa Lago Laine Lark Lea Leif Lena Leon Levi Lido Lilja Linden Lino Lisbon "
    "Livia Loire Lotte Luca Lucia Luna Mabel Maja Malva Marek Margo Mateo Maple Mila Milo Mira Moor Morgan Moss Nadia "
    "Nela Neva Nico Nina Noor Nora Oak Odin Olive Oda Opal Orla Oscar Otis Otto Paloma Paolo Pascal Pax Pearl Penn "
    "Petra Pia Pine Po Porto Quill Quinn Rafael Rana Reed Remo Rhea Rio Riva Robin Roma Rosa Rowan Ruben Runa Ruth "
    "Sable Saga Salix Samo Sava Selma Siena Signe Silas Sima Sol Sorrel Stella Sten Sunna Svea Tage Tarn Tess Theo "
    "Thea Tilda Timo Tindra Toma Tove Tula Tuva Ulla Una Ursa Vale Vega Vera Vidar Viggo Viola Vito Wanda Ward Wells "
    "Willa Wren Yara Yngve Yves Zelda Zora"
).split()
# What a colour is called on each finish; else the colour's own word.
COLOURWAYS = {
    ("tortoise", "brown"): "Havana tortoise",
    ("tortoise", "black"): "dark tortoise",
    ("tortoise", "multicolor"): "mosaic",
    ("crystal", "transparent"): "clear crystal",
    ("crystal", "black"): "smoke crystal",
    ("crystal", "white"): "milky crystal",
    ("brushed", "grey"): "brushed gunmetal",
    ("plain", "shiny"): "chrome",
    ("painted", "shiny"): "pearl",
}
