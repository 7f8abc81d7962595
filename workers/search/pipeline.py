"""Wish in, matches out."""

from typing import Any

from pydantic import ValidationError

from shared.catalogues.catalogue import Catalogue
from shared.contracts import Match, Matches, Strategy, Wish
from shared.errors import CatalogueEmptyError, InvalidRequestError
from workers.search.popular import draw
from workers.search.strategies import best, score


def search(
    catalogue: Catalogue,
    wish: Wish,
    *,
    strategy: Strategy = Strategy.FACTORIZED,
    limit: int = 6,
    seed: int = 0,
) -> Matches:
    """Find the frames that suit a wish.

    Args:
        catalogue: Where to look.
        wish: Its `male` number chooses whose frames are searched.
        strategy: How frames are scored.
        limit: How many, 1 or more.
        seed: For `most_popular`: which best sellers.

    Raises:
        CatalogueEmptyError: The catalogue has no frames of this gender.
    """
    gender = "male" if wish.shape[30] > 0 else "female"
    side = catalogue.men if gender == "male" else catalogue.women
    if not len(side.index):
        raise CatalogueEmptyError(
            f"The catalogue {catalogue.name!r} has no frames for this gender ({gender})."
        )
    if strategy is Strategy.MOST_POPULAR:
        places, scores = draw(side, limit, seed)
    else:
        places, scores = best(score(side, wish, strategy), limit)
    found = zip(side.index[places].tolist(), scores.tolist(), strict=True)
    matches = [_match(catalogue, rank, place, value) for rank, (place, value) in enumerate(found, 1)]
    return Matches.model_construct(
        catalogue=catalogue.name,
        catalogue_version=catalogue.version,
        strategy=strategy,
        gender=gender,
        matches=tuple(matches),
    )


def _match(catalogue: Catalogue, rank: int, place: int, value: float) -> Match:
    told = catalogue.tell(place)
    # Written by our own import, checked there: building six contracts must not cost more than the search.
    return Match.model_construct(
        rank=rank,
        frame=told["id"],
        row=int(catalogue.row[place]),
        score=value,
        name=told["name"],
        gender=told["gender"],
        details=told["details"],
        image_url=told["image_url"],
    )


def search_line(
    line: dict[str, Any], catalogue: Catalogue, strategy: Strategy = Strategy.FACTORIZED, limit: int = 6
) -> dict[str, Any]:
    """The search as a filter: `shape` (31) and `color` (15) in, `matches` out; other keys are ignored.

    Raises:
        InvalidRequestError: A vector is missing, too short, too long, or not all finite numbers.
    """
    try:
        wish = Wish(shape=line.get("shape", ()), color=line.get("color", ()))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRequestError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return search(catalogue, wish, strategy=strategy, limit=limit).model_dump(mode="json")
