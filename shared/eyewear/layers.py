"""The layers of the picture, back to front, as SVG; each function draws one part of a frame."""

from shapely import Polygon

from shared.eyewear import svg
from shared.eyewear.geometry import FrameGeometry, is_wire
from shared.eyewear.materials import Palette, Rgb, hexed, mixed, shaded, tint
from shared.eyewear.spec import Colour, Finish, FrameSpec, Material, Rim
from shared.eyewear.temple import is_slim
from shared.eyewear.texture import tortoise, wood

_SHEET = "M-90 -60H90V60H-90Z"
_AMBER: Rgb = (201, 138, 62)
_TORTOISE_DARKS = ((146, 84, 34), (112, 60, 26), (82, 42, 20), (58, 29, 16), (41, 21, 13), (28, 15, 11))


# Behind the glass --------------------------------------------------------------------------------------


def shadow(shape: FrameGeometry) -> str:
    """A soft contact shadow on the ground under the frame."""
    _, bottom = shape.top_and_bottom
    x = abs(float(shape.lens[:, 0].mean()))
    y = bottom + 0.6
    ellipse = f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{x * 0.62:.1f}" ry="0.9" fill="#000" fill-opacity="0.28"/>'
    return svg.group([svg.mirrored(ellipse)], filter="url(#soft)")


def temples(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Both temples, receding; covered tips on metal ones."""
    t = shape.temple
    base = colours.temple
    tip = _tip_colour(spec, base) if is_slim(spec) else base
    opacity = 0.55 + 0.45 * min(1.0, colours.opacity + 0.1) if spec.material is Material.PLASTIC else 1.0
    near, far = shaded(base, -0.10), shaded(base, 0.10)
    cut = 0.46
    stops = [(0.0, hexed(near), opacity), (cut, hexed(far), opacity), (cut + 0.02, hexed(shaded(tip, 0.06)), opacity)]
    stops.append((1.0, hexed(shaded(tip, -0.12)), opacity))
    paint = svg.slanted("temple", t.start, t.end, stops)
    bright = svg.slanted("temple-edge", t.start, t.end, [(o, hexed(shaded(base, 0.30)), a * 0.9) for o, _, a in stops])
    face, edge = svg.ring(t.face), svg.ring(t.edge)
    body = svg.fill(face, "url(#temple)")
    if spec.finish is Finish.TORTOISE:
        body += svg.clip("ct", face) + _tortoise(spec, "ct", 0.8)
    inside = svg.fill(edge, "url(#temple-edge)") + body + svg.stroke(face, "#fff", 0.16, 0.22)
    return f"<defs>{paint}{bright}</defs>{svg.mirrored(inside)}"


def _tip_colour(spec: FrameSpec, base: Rgb) -> Rgb:
    return mixed(base, (30, 28, 28), 0.88) if spec.second is spec.color else shaded(base, -0.2)


def pads(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Silicone pads on wire arms."""
    pad = shape.pad
    if pad is None:
        return ""
    metal = colours.wire if is_wire(spec) else (176, 178, 182)
    arm = svg.ring(pad.arm, closed=False)
    at = f'transform="translate({pad.x:.2f} {pad.y:.2f}) rotate({pad.lean:.1f})"'
    rx, ry = pad.half_width, pad.half_height
    body = (
        svg.stroke(arm, hexed(shaded(metal, -0.35)), 0.75)
        + svg.stroke(arm, hexed(shaded(metal, 0.45)), 0.28)
        + f"<g {at}>"
        + f'<ellipse rx="{rx}" ry="{ry}" fill="#dfe4e6" fill-opacity="0.5" stroke="#8d969b" stroke-opacity="0.55" stroke-width="0.28"/>'
        + f'<ellipse rx="{rx * 0.62:.2f}" ry="{ry * 0.66:.2f}" fill="#aeb7bb" fill-opacity="0.28"/>'
        + f'<ellipse rx="0.75" ry="1.25" fill="{hexed(metal)}" fill-opacity="0.75"/>'
        + f'<path d="M{-rx * 0.5:.2f} {-ry * 0.55:.2f}Q{-rx * 0.75:.2f} 0 {-rx * 0.35:.2f} {ry * 0.6:.2f}" fill="none" stroke="#fff" stroke-opacity="0.85" stroke-width="0.45" stroke-linecap="round"/>'
        + "</g>"
    )
    return svg.mirrored(body)


# Glass -------------------------------------------------------------------------------------------------


def glass(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Both lenses: tint, the rim's inner wall seen through them, reflections."""
    d = svg.ring(shape.lens)
    x0, x1 = float(shape.lens[:, 0].min()), float(shape.lens[:, 0].max())
    h = spec.lens_height / 2
    defs = _tint_gradient(spec, h) + svg.clip("lens", d) + _reflection_gradients(spec, (x0, x1), h)
    inner = [svg.fill(d, "url(#tint)")]
    wall = hexed(shaded(colours.main, -0.25))
    if spec.rim is Rim.FULL and not is_wire(spec):
        inner.append(svg.stroke(d, wall, 1.9, 0.50 * colours.opacity) + svg.stroke(d, wall, 1.0, 0.6 * colours.opacity))
    elif spec.rim is Rim.RIMLESS:
        inner.append(svg.stroke(d, "#5d6b70", 1.1, 0.34) + svg.stroke(d, "#ffffff", 0.45, 0.7))
    inner.append(_reflection(spec, (x0, x1), h))
    if spec.rim is Rim.RIMLESS:
        edge = svg.stroke(d, "#66757b", 0.22, 0.75)
    else:
        edge = ""
    return f"<defs>{defs}</defs>{svg.mirrored(svg.group(inner, clip_path='url(#lens)') + edge)}"


def _tint_gradient(spec: FrameSpec, h: float) -> str:
    if spec.lens_tint is None:
        stops = [(0.0, "#b9c6cc", 0.17), (0.55, "#d4dee2", 0.09), (1.0, "#e6ecee", 0.07)]
        return svg.vertical("tint", -h, h, stops)
    colour = tint(spec.lens_tint)
    top = 0.35 + 0.6 * spec.tint_density
    low = top * (0.38 if spec.tint_gradient else 0.94)
    stops = [(0.0, hexed(shaded(colour, -0.22)), top), (1.0, hexed(shaded(colour, 0.12)), low)]
    return svg.vertical("tint", -h, h, stops)


def _reflection_gradients(spec: FrameSpec, across: tuple[float, float], h: float) -> str:
    strength = 0.15 if spec.lens_tint is None else 0.20
    stops = [(0.0, "#fff", strength), (0.5, "#fff", 0.55 * strength), (1.0, "#fff", 0.0)]
    return svg.slanted("gleam", (across[1], -h), (across[0], h * 0.9), stops)


def _reflection(spec: FrameSpec, across: tuple[float, float], h: float) -> str:
    """A window's light falling across the upper temporal half, and a thin streak beside it."""
    x0, x1 = across
    w = x1 - x0
    band = f"M{x0 + 0.50 * w:.2f} {-h:.2f}L{x1:.2f} {-h:.2f}L{x1:.2f} {-0.15 * h:.2f}L{x0 + 0.56 * w:.2f} {h:.2f}L{x0 + 0.16 * w:.2f} {h:.2f}Z"
    thin = f"M{x0 + 0.40 * w:.2f} {-h:.2f}L{x0 + 0.45 * w:.2f} {-h:.2f}L{x0 + 0.12 * w:.2f} {h:.2f}L{x0 + 0.07 * w:.2f} {h:.2f}Z"
    return svg.fill(band, "url(#gleam)") + svg.fill(thin, "url(#gleam)", 0.8)


def nylon(shape: FrameGeometry) -> str:
    """The thread that holds a semi-rimless lens, and the lens edge it lies in."""
    if len(shape.nylon) == 0:
        return ""
    d = svg.ring(shape.nylon, closed=False)
    return svg.mirrored(svg.stroke(d, "#7d898e", 0.7, 0.45) + svg.stroke(d, "#f4f7f8", 0.34, 0.9))


# Fronts ------------------------------------------------------------------------------------------------


def solid(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """An acetate or wooden front: body, texture, edges in light and shade, a gloss line."""
    d = svg.polygons(shape.front)
    if not d:
        return ""
    top, bottom = shape.top_and_bottom
    if spec.rim is Rim.SEMI or spec.shape == "clubmaster":
        bottom = max(p.bounds[3] for p in shape.front)
    defs = svg.clip("front", d) + _body_gradient(spec, colours, top, bottom) + _gloss(spec, top, bottom)
    see = colours.opacity
    body = [svg.fill(d, "url(#body)")]
    if spec.material is Material.WOOD:
        body.append(_wood(spec, colours))
    elif spec.finish is Finish.TORTOISE:
        body.append(_tortoise(spec, "front", 1.0))
    dark = hexed(shaded(colours.main, -0.7))
    rise = f"{_SHEET}{d}"
    depth = [
        svg.stroke(d, dark, 1.0, 0.36),
        f'<g transform="translate(0 -0.7)">{svg.fill(rise, "#000", 0.36 * (0.5 + 0.5 * see), _EVENODD)}</g>',
        f'<g transform="translate(0 0.6)">{svg.fill(rise, "#fff", _shine(spec, colours), _EVENODD)}</g>',
    ]
    inset = [piece.buffer(-0.62, quad_segs=3) for piece in shape.front]
    edges = (Polygon(p.exterior) for whole in inset for p in getattr(whole, "geoms", [whole]) if not p.is_empty)
    gloss = svg.stroke(svg.polygons(edges), "url(#gloss)", 0.4)
    inner = [*body, svg.group(depth, filter="url(#edge)"), gloss]
    rivets = "".join(_rivet(x, y, colours) for x, y in shape.screws)
    return f"<defs>{defs}</defs>{svg.group(inner, clip_path='url(#front)')}{svg.mirrored(rivets) if rivets else ''}"


_EVENODD = ' fill-rule="evenodd"'


def _shine(spec: FrameSpec, colours: Palette) -> float:
    """How much light the upper edges catch: dark glossy acetate shows it most."""
    light = sum(colours.main) / 765
    return 0.22 + 0.30 * light if spec.material is not Material.WOOD else 0.22


def _body_gradient(spec: FrameSpec, colours: Palette, top: float, bottom: float) -> str:
    a, b, o = colours.main, colours.second, colours.opacity
    if spec.finish is Finish.TORTOISE:
        a = b = mixed(_AMBER, colours.main, 0.0 if spec.color is Colour.BROWN else 0.25)
    if spec.finish is Finish.TWO_TONE:
        middle = 0.46
        stops = [(0.0, hexed(shaded(a, 0.10)), o), (middle - 0.03, hexed(a), o), (middle + 0.03, hexed(b), o), (1.0, hexed(shaded(b, -0.1)), o)]
    elif spec.finish is Finish.GRADIENT:
        goal = b if spec.second is not spec.color else shaded(a, 0.62)
        stops = [(0.0, hexed(shaded(a, 0.06)), o), (0.30, hexed(a), o), (0.9, hexed(goal), 0.9 * o), (1.0, hexed(goal), 0.85 * o)]
    else:
        stops = [(0.0, hexed(shaded(a, 0.12)), o), (0.35, hexed(a), o), (1.0, hexed(shaded(a, -0.14)), o)]
    return svg.vertical("body", top, bottom, stops)


def _gloss(spec: FrameSpec, top: float, bottom: float) -> str:
    strength = 0.50 if spec.material is Material.PLASTIC else 0.14
    return svg.vertical("gloss", top, bottom, [(0.0, "#fff", strength), (0.14, "#fff", 0.5 * strength), (0.35, "#fff", 0.0), (0.86, "#fff", 0.0), (1.0, "#fff", 0.16)])


def _tortoise(spec: FrameSpec, clip: str, strength: float) -> str:
    """Blotches of the sheet this front was cut from."""
    sheet, place = spec.seed % 16, spec.seed // 16
    at = f"translate({(place * 7) % 19 - 9} {(place * 5) % 15 - 7})"
    shades = (mixed(c, _tone(spec), 0.0 if spec.color is Colour.BROWN else 0.45) for c in _TORTOISE_DARKS)
    inner = (svg.fill(d, hexed(c), 0.5 * strength + 0.1) for d, c in zip(tortoise(sheet), shades, strict=True))
    return svg.group([svg.group(inner, transform=at)], clip_path=f"url(#{clip})")


def _tone(spec: FrameSpec) -> Rgb:
    return (20, 14, 12) if spec.color is Colour.BLACK else shaded(tint(spec.color), -0.55)


def _wood(spec: FrameSpec, colours: Palette) -> str:
    dark = shaded(colours.main, -0.42)
    layers = (svg.fill(d, hexed(dark), o) for d, o in zip(wood(spec.seed), (0.22, 0.26, 0.30), strict=True))
    return svg.group(layers)


def _rivet(x: float, y: float, colours: Palette) -> str:
    metal = (196, 198, 202) if sum(colours.wire) / 3 > 150 else colours.wire
    at = f'transform="translate({x:.2f} {y:.2f})"'
    return (
        f'<g {at}><rect x="-1.35" y="-0.8" width="2.7" height="1.6" rx="0.8" fill="{hexed(shaded(metal, -0.45))}"/>'
        f'<rect x="-1.15" y="-0.62" width="2.3" height="1.15" rx="0.57" fill="{hexed(shaded(metal, 0.25))}"/>'
        f'<rect x="-0.9" y="-0.46" width="1.8" height="0.4" rx="0.2" fill="#fff" fill-opacity="0.7"/></g>'
    )


def metal(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Wire parts: dark flanks, a body that mirrors light and dark along its run, a sharp highlight above."""
    pieces = shape.front if spec.material is Material.METAL and not shape.wire else shape.wire
    d = svg.polygons(pieces)
    if not d:
        return ""
    base = colours.main if pieces is shape.front else colours.wire
    top, bottom = shape.top_and_bottom
    second = colours.second if spec.finish is Finish.TWO_TONE else base
    defs = svg.clip("wire", d) + _metal_gradient(base, second, top, bottom, spec.finish) + _sparkle(spec)
    dull = {Finish.BRUSHED: 0.5, Finish.PAINTED: 0.45}.get(spec.finish, 1.0)
    rise = f"{_SHEET}{d}"
    inner = [
        svg.fill(d, "url(#metal)"),
        svg.stroke(d, hexed(shaded(base, -0.62)), 0.55, 0.55),
        f'<g transform="translate(0 -0.36)">{svg.fill(rise, hexed(shaded(base, -0.75)), 0.5, _EVENODD)}</g>',
        f'<g transform="translate(0 0.38)">{svg.fill(rise, "url(#sparkle)", dull, _EVENODD)}</g>',
    ]
    heads = "".join(_screw(x, y, base) for x, y in shape.screws) if spec.rim is Rim.RIMLESS else _hinge_line(shape, base)
    return f"<defs>{defs}</defs>{svg.group(inner, clip_path='url(#wire)')}{svg.mirrored(heads)}"


def _metal_gradient(a: Rgb, b: Rgb, top: float, bottom: float, finish: Finish) -> str:
    k = 0.4 if finish in (Finish.BRUSHED, Finish.PAINTED) else 1.0
    bands = ((0.0, 0.30), (0.12, 0.05), (0.3, -0.22), (0.45, 0.10), (0.6, -0.10), (0.8, -0.28), (0.93, 0.18), (1.0, -0.1))
    return svg.vertical("metal", top, bottom, [(o, hexed(shaded(mixed(a, b, 1.0 if o > 0.4 else 0.0), k * v)), 1.0) for o, v in bands])


def _sparkle(spec: FrameSpec) -> str:
    """Highlights brighten and fade along the rim as lamps are mirrored in it."""
    reach = spec.total_width / 2
    bands = ((0.0, 0.5), (0.1, 0.9), (0.2, 0.35), (0.3, 0.75), (0.42, 0.4), (0.5, 0.95), (0.58, 0.4), (0.7, 0.75), (0.8, 0.35), (0.9, 0.9), (1.0, 0.5))
    return svg.horizontal("sparkle", -reach, reach, [(o, "#fff", a) for o, a in bands])


def _screw(x: float, y: float, base: Rgb) -> str:
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.05" fill="{hexed(shaded(base, -0.4))}"/>'
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.78" fill="{hexed(shaded(base, 0.3))}"/>'
        f'<path d="M{x - 0.55:.2f} {y + 0.2:.2f}L{x + 0.55:.2f} {y - 0.2:.2f}" stroke="{hexed(shaded(base, -0.55))}" stroke-width="0.25"/>'
    )


def _hinge_line(shape: FrameGeometry, base: Rgb) -> str:
    x, y = shape.hinge
    return f'<path d="M{x - 1.0:.2f} {y - 0.9:.2f}V{y + 0.9:.2f}" stroke="{hexed(shaded(base, -0.7))}" stroke-opacity="0.7" stroke-width="0.25"/>'
