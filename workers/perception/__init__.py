"""Photo in, `Face` out."""

from workers.perception.line import perceive_line
from workers.perception.perceiver import Perceiver

__all__ = ["Perceiver", "perceive_line"]
