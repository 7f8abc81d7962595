"""A wish as each strategy reads it."""

from shared.contracts import Strategy, Wish
from shared.scoring.aims import Aims
from shared.scoring.published import published
from shared.scoring.tables import Query


def query_of(wish: Wish, strategy: Strategy, color: float = 0.5) -> Query:
    """The query of a strategy.

    Args:
        wish: Finite numbers of any size.
        strategy: Any but `most_popular`, which does not look at the wish.
        color: For `balanced`: how much colour counts against shape, 0 to 1.
    """
    return Aims(wish, color).query if strategy is Strategy.BALANCED else published(wish, strategy)
