"""How well frames suit a wish, and why: the search worker ranks by it, the gateway explains by it."""

from shared.scoring.aims import Aims, preferred
from shared.scoring.published import published
from shared.scoring.query import query_of
from shared.scoring.ranking import Ranked, ranked
from shared.scoring.similar import similar
from shared.scoring.why import why
from shared.scoring.why_not import why_not

__all__ = ["Aims", "Ranked", "preferred", "published", "query_of", "ranked", "similar", "why", "why_not"]
