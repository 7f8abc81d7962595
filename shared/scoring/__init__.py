"""How well frames suit a wish, and why: the search worker ranks by it, the gateway explains by it."""

from shared.scoring.aims import Aims
from shared.scoring.query import query_of
from shared.scoring.similar import similar
from shared.scoring.why import why
from shared.scoring.why_not import why_not

__all__ = ["Aims", "query_of", "similar", "why", "why_not"]
