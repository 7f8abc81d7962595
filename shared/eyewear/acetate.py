"""A solid front of acetate or wood: body, texture, edges in light and shade, a line of gloss, rivets."""

from shapely import Polygon

from shared.eyewear import svg
from shared.eyewear.geometry import FrameGeometry
from shared.eyewear.materials import Palette, Rgb, hexed, shaded, tint
from shared.eyewear.spec import Finish, FrameSpec, Material
from shared.eyewear.texture import tortoise, wood

_BRIGHT = 450  # sum of r, g, b
_SILVER: Rgb = (196, 198, 202)


def solid(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """The front; uses the filter `edge` and the image `sheet`. Empty where the frame has no solid part."""
    d = svg.polygons(shape.front)
    if not d:
        return ""
    top = min(p.bounds[1] for p in shape.front)
    bottom = max(p.bounds[3] for p in shape.front)
    defs = svg.clip("front", d) + _body(spec, colours, top, bottom) + _gloss(spec, top, bottom)
    inner = [
        svg.fill(d, "url(#body)"),
        '<use href="#sheet"/>' if sheet(spec, colours) else "",
        svg.group(_depth(spec, d, colours), filter="url(#edge)"),
        svg.stroke(_inset(shape), "url(#gloss)", 0.42),
    ]
    rivets = "".join(_rivet(x, y, colours) for x, y in shape.screws)
    return f"<defs>{defs}</defs>{svg.group(inner, clip_path='url(#front)')}{svg.mirrored(rivets) if rivets else ''}"


def _depth(spec: FrameSpec, d: str, colours: Palette) -> list[str]:
    """Everything but the front, moved up and down a little, falls on the front's edges as shade and light."""
    see = 0.5 + 0.5 * colours.opacity
    around = f"{svg.PLANE}{d}"
    return [
        _rim_of_colour(d, colours),
        svg.moved(-0.7, svg.fill(around, "#000", 0.36 * see, svg.EVENODD)),
        svg.moved(0.6, svg.fill(around, "#fff", _shine(spec, colours), svg.EVENODD)),
    ]


def _rim_of_colour(d: str, colours: Palette) -> str:
    """Edges are darker; in clear acetate, where one looks along the sheet, deeper in its own colour."""
    if colours.opacity < 1:
        deep = shaded(colours.main, -0.42)
        return svg.stroke(d, hexed(deep), 2.4, 0.42) + svg.stroke(d, hexed(deep), 0.8, 0.35)
    return svg.stroke(d, hexed(shaded(colours.main, -0.7)), 1.0, 0.36)


def _shine(spec: FrameSpec, colours: Palette) -> float:
    """How much light the upper edges catch."""
    light = sum(colours.main) / 765
    return 0.22 + 0.30 * light if spec.material is not Material.WOOD else 0.20


def _inset(shape: FrameGeometry) -> str:
    """A line just inside the outer edge, where a polished chamfer mirrors the lamp."""
    shrunk = (Polygon(piece.exterior).buffer(-0.62, quad_segs=2) for piece in shape.front)
    return svg.polygons(p for whole in shrunk for p in getattr(whole, "geoms", [whole]) if not p.is_empty)


def _body(spec: FrameSpec, colours: Palette, top: float, bottom: float) -> str:
    a, b, o = colours.main, colours.second, colours.opacity
    goal = b if spec.second is not spec.color else shaded(a, 0.62)
    stops: dict[Finish, list[svg.Stop]] = {
        Finish.TWO_TONE: [
            (0.0, hexed(shaded(a, 0.10)), o),
            (0.43, hexed(a), o),
            (0.49, hexed(b), o),
            (1.0, hexed(shaded(b, -0.1)), o),
        ],
        Finish.GRADIENT: [
            (0.0, hexed(shaded(a, 0.06)), o),
            (0.30, hexed(a), o),
            (0.9, hexed(goal), 0.9 * o),
            (1.0, hexed(goal), 0.85 * o),
        ],
    }
    plain = [(0.0, hexed(shaded(a, 0.12)), o), (0.35, hexed(a), o), (1.0, hexed(shaded(a, -0.14)), o)]
    return svg.vertical("body", top, bottom, stops.get(spec.finish, plain))


def _gloss(spec: FrameSpec, top: float, bottom: float) -> str:
    s = 0.50 if spec.material is Material.PLASTIC else 0.14
    stops = [(0.0, s), (0.14, 0.5 * s), (0.35, 0.0), (0.86, 0.0), (1.0, 0.3 * s)]
    return svg.vertical("gloss", top, bottom, [(o, "#fff", a) for o, a in stops])


def sheet(spec: FrameSpec, colours: Palette) -> str:
    """The definition of the image `sheet` that the front, and a tortoise temple, is cut from; may be empty."""
    if spec.material is Material.WOOD:
        return wood(spec.seed, colours.main)
    if spec.finish is Finish.TORTOISE:
        return tortoise(spec.seed, spec.color, tint(spec.color))
    return ""


def _rivet(x: float, y: float, colours: Palette) -> str:
    metal = _SILVER if sum(colours.wire) > _BRIGHT else colours.wire
    return (
        f'<g transform="translate({x:.2f} {y:.2f})">'
        f'<rect x="-1.35" y="-0.8" width="2.7" height="1.6" rx="0.8" fill="{hexed(shaded(metal, -0.45))}"/>'
        f'<rect x="-1.15" y="-0.62" width="2.3" height="1.15" rx="0.57" fill="{hexed(shaded(metal, 0.25))}"/>'
        f'<rect x="-0.9" y="-0.46" width="1.8" height="0.4" rx="0.2" fill="#fff" fill-opacity="0.7"/></g>'
    )
