"""Colours of acetate, metal, wood and glass. Set by eye against product photos; sRGB, 0 to 255."""

from dataclasses import dataclass

from shared.eyewear.spec import Colour, Finish, FrameSpec, Material

Rgb = tuple[float, float, float]

_PLASTIC: dict[Colour, Rgb] = {
    Colour.BLACK: (27, 27, 29),
    Colour.BROWN: (92, 56, 36),
    Colour.GOLD: (186, 147, 84),
    Colour.BLUE: (38, 62, 112),
    Colour.SILVER: (166, 170, 176),
    Colour.RED: (146, 30, 40),
    Colour.GREEN: (36, 84, 66),
    Colour.PURPLE: (88, 48, 106),
    Colour.GREY: (98, 102, 108),
    Colour.TRANSPARENT: (222, 226, 228),
    Colour.PINK: (222, 150, 164),
    Colour.SHINY: (196, 200, 212),
    Colour.WHITE: (240, 239, 235),
    Colour.MULTICOLOR: (62, 92, 140),
}
# Polished metal: what it mirrors is light above and dark below, so each has its own dark.
_METAL: dict[Colour, Rgb] = {
    Colour.BLACK: (42, 43, 46),
    Colour.BROWN: (118, 84, 62),
    Colour.GOLD: (214, 178, 112),
    Colour.BLUE: (52, 82, 140),
    Colour.SILVER: (186, 190, 196),
    Colour.RED: (160, 48, 54),
    Colour.GREEN: (62, 108, 90),
    Colour.PURPLE: (112, 76, 132),
    Colour.GREY: (108, 111, 117),
    Colour.TRANSPARENT: (206, 210, 214),
    Colour.PINK: (222, 168, 150),
    Colour.SHINY: (198, 202, 210),
    Colour.WHITE: (234, 233, 230),
    Colour.MULTICOLOR: (150, 120, 160),
}
_WOOD: dict[Colour, Rgb] = {
    Colour.BLACK: (58, 44, 36),
    Colour.BROWN: (124, 80, 48),
    Colour.GOLD: (178, 128, 74),
    Colour.RED: (126, 62, 42),
}
_TINT: dict[Colour, Rgb] = {
    Colour.BLACK: (36, 38, 42),
    Colour.BROWN: (96, 62, 40),
    Colour.GOLD: (196, 150, 70),
    Colour.BLUE: (52, 84, 138),
    Colour.SILVER: (150, 158, 168),
    Colour.RED: (150, 58, 54),
    Colour.GREEN: (58, 82, 60),
    Colour.PURPLE: (92, 64, 104),
    Colour.GREY: (82, 86, 94),
    Colour.TRANSPARENT: (226, 232, 234),
    Colour.PINK: (214, 150, 156),
    Colour.SHINY: (160, 176, 196),
    Colour.WHITE: (224, 226, 228),
    Colour.MULTICOLOR: (70, 130, 150),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours a frame is drawn in.

    Attributes:
        main: The front.
        second: The second colour of the front.
        temple: The temples.
        wire: Metal parts of a front of another material.
        opacity: Of the front; below 1 light passes.
    """

    main: Rgb
    second: Rgb
    temple: Rgb
    wire: Rgb
    opacity: float


def palette(spec: FrameSpec) -> Palette:
    """The colours of `spec`."""
    table = {Material.PLASTIC: _PLASTIC, Material.METAL: _METAL, Material.WOOD: _WOOD}[spec.material]
    main = shaded(table.get(spec.color, _PLASTIC[spec.color]), 0.35 * spec.shade)
    second = shaded(table.get(spec.second, _PLASTIC[spec.second]), 0.35 * spec.shade)
    wire = _METAL[
        spec.second if spec.second in _WIRE_COLOURS else Colour.GOLD if _warm(main) else Colour.SILVER
    ]
    if spec.material is Material.METAL:
        wire = main
    return Palette(main, second, second if spec.second != spec.color else main, wire, _opacity(spec))


_WIRE_COLOURS = (Colour.GOLD, Colour.SILVER, Colour.GREY, Colour.PINK)


def tint(colour: Colour) -> Rgb:
    """The colour of a lens."""
    return _TINT[colour]


def _opacity(spec: FrameSpec) -> float:
    if spec.material is not Material.PLASTIC:
        return 1.0
    if spec.color is Colour.TRANSPARENT:
        return 0.34
    return 0.62 if spec.finish is Finish.CRYSTAL else 1.0


def _warm(rgb: Rgb) -> bool:
    return rgb[0] > rgb[2] + 12


def shaded(rgb: Rgb, amount: float) -> Rgb:
    """`amount` of the way to white (above 0) or to black (below)."""
    goal = 255.0 if amount > 0 else 0.0
    r, g, b = (c + abs(amount) * (goal - c) for c in rgb)
    return r, g, b


def mixed(a: Rgb, b: Rgb, share: float) -> Rgb:
    """`share` of the way from `a` to `b`."""
    r, g, bl = (p + share * (q - p) for p, q in zip(a, b, strict=True))
    return r, g, bl


def hexed(rgb: Rgb) -> str:
    """As `#rrggbb`."""
    return "#" + "".join(f"{min(255, max(0, round(c))):02x}" for c in rgb)
