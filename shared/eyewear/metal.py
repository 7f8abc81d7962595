"""Metal parts: a body that mirrors light and dark, dark flanks, a highlight that comes and goes along the rim."""

from shared.eyewear import svg
from shared.eyewear.geometry import FrameGeometry
from shared.eyewear.materials import Palette, Rgb, hexed, shaded
from shared.eyewear.spec import Finish, FrameSpec, Material, Rim

# Offset down or along the frame, and how much lighter (above 0) or darker the mirror image is there.
_MIRRORED = (
    (0.0, 0.34),
    (0.12, 0.08),
    (0.3, -0.20),
    (0.45, 0.16),
    (0.6, -0.10),
    (0.8, -0.26),
    (0.93, 0.24),
    (1.0, -0.1),
)
_BROW_ENDS = 0.4
_SPARKLE = (0.5, 0.95, 0.35, 0.8, 0.4, 1.0, 0.4, 0.8, 0.35, 0.95, 0.5)
_MATT = {Finish.BRUSHED: 0.45, Finish.PAINTED: 0.40}


def metal(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """The wire of any frame, or the whole front of a metal one. Empty where there is none."""
    whole = spec.material is Material.METAL and not shape.wire
    d = svg.polygons(shape.front if whole else shape.wire)
    if not d:
        return ""
    base = colours.main if whole else colours.wire
    top, bottom = shape.top_and_bottom
    reach = spec.total_width / 2
    second = colours.second if spec.finish is Finish.TWO_TONE else base
    gloss = _MATT.get(spec.finish, 1.0)
    lamps = [(i / 10, "#fff", a) for i, a in enumerate(_SPARKLE)]
    defs = (
        svg.clip("wire", d)
        + _body(base, second, (top, bottom), gloss)
        + svg.horizontal("sparkle", -reach, reach, lamps)
    )
    around = f"{svg.PLANE}{d}"
    inner = [
        svg.fill(d, "url(#metal)"),
        svg.stroke(d, hexed(shaded(base, -0.65)), 0.36, 0.5),
        svg.moved(-0.36, svg.fill(around, hexed(shaded(base, -0.74)), 0.5, svg.EVENODD)),
        svg.moved(0.36, svg.fill(around, "url(#sparkle)", gloss, svg.EVENODD)),
    ]
    small = _screws(shape, base) if spec.rim is Rim.RIMLESS else _hinge(shape, base)
    return f"<defs>{defs}</defs>{svg.group(inner, clip_path='url(#wire)')}{svg.mirrored(small)}"


def _body(a: Rgb, b: Rgb, span: tuple[float, float], gloss: float) -> str:
    """Mirrored bands from top to bottom; two-tone metal changes where the brow ends."""
    stops = [(o, hexed(shaded(b if o > _BROW_ENDS else a, gloss * v)), 1.0) for o, v in _MIRRORED]
    return svg.vertical("metal", *span, stops)


def _screws(shape: FrameGeometry, base: Rgb) -> str:
    dark, light, slot = hexed(shaded(base, -0.4)), hexed(shaded(base, 0.3)), hexed(shaded(base, -0.55))
    return "".join(
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.05" fill="{dark}"/><circle cx="{x:.2f}" cy="{y:.2f}" r="0.78" fill="{light}"/>'
        + svg.stroke(f"M{x - 0.5:.2f} {y + 0.2:.2f}L{x + 0.5:.2f} {y - 0.2:.2f}", slot, 0.25)
        for x, y in shape.screws
    )


def _hinge(shape: FrameGeometry, base: Rgb) -> str:
    """The seam between end piece and temple."""
    x, y = shape.hinge
    return svg.stroke(f"M{x - 1.0:.2f} {y - 0.9:.2f}V{y + 0.9:.2f}", hexed(shaded(base, -0.7)), 0.25, 0.7)
