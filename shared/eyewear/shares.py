"""How often real frames are what: shares of 8,521 published ones. Numbers alone, no drawing: the search image has no polygons."""

from shared.eyewear.spec import Colour, Material, Rim, Shape

# Shares of 8,521 published frames, the named outlines split off; `even` mixes them with equal shares.
SHAPE_SHARE = {
    Shape.RECTANGLE: 0.47, Shape.CAT_EYE: 0.17, Shape.SQUARE: 0.105, Shape.ROUND: 0.07, Shape.OVAL: 0.08,
    Shape.OTHER: 0.045, Shape.AVIATOR: 0.02, Shape.CLUBMASTER: 0.012, Shape.WAYFARER: 0.013, Shape.WALNUT: 0.015,
}  # fmt: skip
RIM_SHARE = {Rim.FULL: 0.87, Rim.RIMLESS: 0.10, Rim.SEMI: 0.03}
MATERIAL_SHARE = {Material.PLASTIC: 0.50, Material.METAL: 0.49, Material.WOOD: 0.01}
COLOUR_SHARE = {
    Material.PLASTIC: {
        Colour.BLACK: 0.37, Colour.BROWN: 0.17, Colour.BLUE: 0.12, Colour.GREEN: 0.095, Colour.RED: 0.07,
        Colour.PURPLE: 0.043, Colour.TRANSPARENT: 0.04, Colour.GREY: 0.033, Colour.PINK: 0.014, Colour.SHINY: 0.011,
        Colour.GOLD: 0.01, Colour.MULTICOLOR: 0.012, Colour.WHITE: 0.007, Colour.SILVER: 0.005,
    },
    Material.METAL: {
        Colour.BLACK: 0.30, Colour.GOLD: 0.20, Colour.SILVER: 0.15, Colour.BROWN: 0.09, Colour.BLUE: 0.08,
        Colour.RED: 0.055, Colour.PURPLE: 0.041, Colour.GREY: 0.035, Colour.GREEN: 0.016, Colour.PINK: 0.014,
        Colour.SHINY: 0.006, Colour.WHITE: 0.005, Colour.MULTICOLOR: 0.004, Colour.TRANSPARENT: 0.004,
    },
    Material.WOOD: {Colour.BROWN: 0.8, Colour.BLACK: 0.1, Colour.GOLD: 0.05, Colour.RED: 0.05},
}  # fmt: skip
UPPER_SHARE = {
    Shape.RECTANGLE: (0.42, 0.06, 0.30, 0.10, 0.12),
    Shape.SQUARE: (0.42, 0.08, 0.30, 0.10, 0.10),
    Shape.CAT_EYE: (0.12, 0.12, 0.26, 0.10, 0.40),
    Shape.ROUND: (0.02, 0.78, 0.12, 0.06, 0.02),
    Shape.OVAL: (0.04, 0.60, 0.22, 0.10, 0.04),
}
UPPER_ELSE = (0.22, 0.20, 0.30, 0.14, 0.14)
ANGULARITY = {
    Shape.RECTANGLE: (0.15, 0.85), Shape.SQUARE: (0.15, 0.85), Shape.ROUND: (0.0, 0.35), Shape.OVAL: (0.0, 0.4),
    Shape.WALNUT: (0.1, 0.6), Shape.AVIATOR: (0.1, 0.7), Shape.OTHER: (0.2, 0.7),
}  # fmt: skip
