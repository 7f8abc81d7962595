"""Temples as a product camera sees them: thin plates that recede from the hinges and bend down at the ear."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.eyewear.spec import FrameSpec, Material, Rim

_CAMERA_MM = (
    330.0  # distance from the front: close enough that the temples show through the lenses, as in shops
)
_EYE_LEVEL_MM = -8.0  # the camera looks from a little above
_BEND_MM = 42.0  # the tip behind the ear
_DROP = 0.66  # radians the tip bends down
_CLOSING = 0.05  # the temples lean inwards: mm across per mm back
_WRAP = 0.20  # and their tips follow the head


@dataclass(frozen=True, slots=True)
class Temple:
    """The right temple in the picture plane, mm.

    Attributes:
        face: Its inner face, closed.
        edge: Its upper edge, closed; lighter than the face.
        start: Where it begins, x and y.
        end: The tip, x and y.
    """

    face: NDArray[np.float64]
    edge: NDArray[np.float64]
    start: tuple[float, float]
    end: tuple[float, float]


def temple_of(spec: FrameSpec, hinge: tuple[float, float]) -> Temple:
    """Project the right temple: its middle line in depth, drawn as a band that turns its inner face to us."""
    tip = spec.temple_length - np.array([3.0, 2.0, 1.2, 0.6, 0.2, 0.0])
    along = np.concatenate([np.linspace(0, spec.temple_length - 4.5, 24), tip])
    line, near = _middle_line(along, spec, hinge)
    run = np.gradient(line, axis=0)
    normal = np.stack([-run[:, 1], run[:, 0]], axis=1) / np.hypot(*run.T)[:, None]
    normal[0] = (0.0, -1.0) if normal[0, 1] < 0 else (0.0, 1.0)
    half = (_half_height(along, spec) * near)[:, None]
    upper, lower = line + half * normal, line - half * normal
    if upper[0, 1] > lower[0, 1]:
        upper, lower = lower, upper
    outer = upper + (0.55 * _thickness(spec) * near)[:, None] * (0.75, -0.45)
    return Temple(
        np.vstack([upper, lower[::-1]]), np.vstack([outer, upper[::-1]]), _pair(line[0]), _pair(line[-1])
    )


def _middle_line(
    along: NDArray[np.float64], spec: FrameSpec, hinge: tuple[float, float]
) -> tuple[NDArray[np.float64], ...]:
    """The line in the picture plane, and how much smaller each of its points looks than at the front."""
    bent = np.clip((along - (spec.temple_length - _BEND_MM) + 22) / 46, 0, 1)
    slope = 0.03 + _DROP * bent**2 * (3 - 2 * bent)
    step = np.diff(along, prepend=0.0)
    depth, level = np.cumsum(step * np.cos(slope)), np.cumsum(step * np.sin(slope))
    across = hinge[0] - 0.8 - _thickness(spec) / 2 - _CLOSING * depth - _WRAP * np.cumsum(step * bent)
    near = _CAMERA_MM / (_CAMERA_MM + depth)
    y = _EYE_LEVEL_MM + (hinge[1] + level - _EYE_LEVEL_MM) * near
    return np.stack([across * near, y], axis=1), near


def _half_height(along: NDArray[np.float64], spec: FrameSpec) -> NDArray[np.float64]:
    """Half the height of the plate: tallest at the hinge, slim in the middle, a paddle at the tip."""
    share = along / spec.temple_length
    if is_slim(spec):
        body = 1.0 + 0.5 * np.exp(-8 * share)
    else:
        body = 1.7 + np.clip(0.35 * spec.rim_side, 0.5, 1.8) * np.exp(-3.5 * share)
    tip = np.clip((share - 0.66) / 0.12, 0, 1)
    paddle = 1.9 + 0.5 * np.clip((share - 0.7) / 0.3, 0, 1)
    height = body * (1 - tip) + paddle * tip
    left = spec.temple_length - along
    rounded = np.sqrt(np.clip(1 - (1 - np.clip(left / 3.4, 0, 1)) ** 2, 0, 1))
    return height * rounded


def is_slim(spec: FrameSpec) -> bool:
    """Whether the temple is a metal bar with a covered tip rather than a plate."""
    return spec.material is Material.METAL or spec.rim is Rim.RIMLESS


def _thickness(spec: FrameSpec) -> float:
    return 0.9 if is_slim(spec) else 2.6


def _pair(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])
