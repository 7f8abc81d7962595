"""Photo in, `Face` out."""

from workers.perception.line import perceive_line
from workers.perception.perceiver import Perceiver
from workers.perception.together import perceive_together

__all__ = ["Perceiver", "perceive_line", "perceive_together"]
