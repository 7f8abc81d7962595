"""Wish in, matches out."""

from typing import Any

import numpy as np
from pydantic import ValidationError

from shared.catalogues import Catalogue
from shared.contracts import Filters, JobOptions, Match, Matches, Preferences, Strategy, Wish
from shared.errors import CatalogueEmptyError, InvalidRequestError
from shared.scoring import Aims, preferred, published, why
from shared.scoring.exact import exact
from shared.scoring.side import side_of
from shared.scoring.tables import Query
from workers.search.choice import Passed, best_models, varied_models
from workers.search.filtering import reason
from workers.search.popular import draw

_USUAL = JobOptions()
_LIKES_NOTHING, _FILTERS_NOTHING = Preferences(), Filters()


def search(
    catalogue: Catalogue, wish: Wish, options: JobOptions | None = None, *, seed: int = 0, **changes: Any
) -> Matches:
    """Find the frames that suit a wish.

    Args:
        catalogue: Where to look.
        wish: Its `male` number chooses whose frames are searched, unless a filter does.
        options: Strategy, limit, filters, preferences and language count.
        seed: For `most_popular`: which best sellers.
        **changes: Single options instead of those of `options`, unchecked.

    Raises:
        CatalogueEmptyError: The catalogue has no frames of this gender.
    """
    asked = (options or _USUAL).model_copy(update=changes)
    gender = _gender(wish, asked.filters)
    side = side_of(catalogue, gender)
    if not len(side.index):
        raise CatalogueEmptyError(
            f"The catalogue {catalogue.name!r} has no frames for this gender ({gender})."
        )
    passed = None if asked.filters == _FILTERS_NOTHING else catalogue.passing(asked.filters)
    if asked.preferences != _LIKES_NOTHING:
        wish = preferred(wish, asked.preferences)
    if passed is not None and not passed[side.index].any():
        return _answer(catalogue, asked, gender, (), reason(catalogue, side.index, asked))
    aims = Aims(wish, asked.preferences.weight)
    if asked.strategy is Strategy.MOST_POPULAR:
        query, found = None, draw(catalogue, gender, asked.limit, seed, passed)
    elif asked.strategy is Strategy.BALANCED:
        query = aims.query
        found = varied_models(catalogue, gender, query, asked.limit, passed)
    else:
        query = published(wish, asked.strategy)
        found = best_models(catalogue, gender, query, asked.limit, passed)
    places = found.places
    reasons = why(aims, *catalogue.numbers(places), asked.language)
    variants = _variants(catalogue, places.tolist(), query, passed)
    rows = zip(places.tolist(), found.scores.tolist(), reasons, variants, strict=True)
    matches = tuple(
        _match(catalogue, place, rank=rank, score=score, why=told, variants=others)
        for rank, (place, score, told, others) in enumerate(rows, 1)
    )
    return _answer(catalogue, asked, gender, matches, None)


def _gender(wish: Wish, filters: Filters) -> str:
    return filters.gender or ("male" if wish.shape[30] > 0 else "female")


def _answer(
    catalogue: Catalogue, asked: JobOptions, gender: str, matches: tuple[Match, ...], none: str | None
) -> Matches:
    return Matches.model_construct(
        catalogue=catalogue.name,
        catalogue_version=catalogue.version,
        strategy=asked.strategy,
        gender=gender,
        matches=matches,
        reason=none,
    )


def _variants(
    catalogue: Catalogue, places: list[int], query: Query | None, passed: Passed | None
) -> list[tuple[str, ...]]:
    """For each frame the other colours of its model that pass the filters, best first."""
    found = [catalogue.models.variants(place) for place in places]
    others = np.concatenate([models[models != place] for models, place in zip(found, places, strict=True)])
    if passed is not None:
        others = others[passed[others]]
    if not len(others):
        return [()] * len(places)
    score = exact(query, *catalogue.numbers(others)) if query else np.zeros(len(others))
    order = others[np.argsort(-score, kind="stable")]
    models = catalogue.models.of_frame
    told: dict[int, list[str]] = {}
    for other, model in zip(order.tolist(), models[order].tolist(), strict=True):
        told.setdefault(model, []).append(catalogue.tell(other)["id"])
    return [tuple(told.get(model, ())) for model in models[places].tolist()]


def _match(catalogue: Catalogue, place: int, **found: Any) -> Match:
    told = catalogue.tell(place)
    # Written by our own import, checked there: building six contracts must not cost more than the search.
    return Match.model_construct(
        frame=told["id"],
        row=int(catalogue.row[place]),
        name=told["name"],
        gender=told["gender"],
        details=told["details"],
        image_url=told["image_url"],
        **found,
    )


def warm(catalogue: Catalogue) -> None:
    """Search once for women and once for men, so that no job waits for tables to be made."""
    anything = Wish(shape=tuple(map(float, range(31))), color=tuple(map(float, range(15))))
    for gender in ("female", "male"):
        if len(side_of(catalogue, gender).index):
            search(catalogue, anything, filters=Filters(gender=gender))


def search_line(
    line: dict[str, Any], catalogue: Catalogue, strategy: Strategy = Strategy.BALANCED, limit: int = 6
) -> dict[str, Any]:
    """The search as a filter: `shape` (31) and `color` (15) in, `matches` out.

    Args:
        line: May bring `filters`, `preferences` and `language` too; other keys are ignored.
        catalogue: Where to look.
        strategy: How frames are scored.
        limit: How many.

    Raises:
        InvalidRequestError: A vector is missing, too short, too long, or not all finite numbers; or an option is wrong.
    """
    given = {name: line[name] for name in ("filters", "preferences", "language") if name in line}
    try:
        wish = Wish(shape=line.get("shape", ()), color=line.get("color", ()))
        options = JobOptions(strategy=strategy, **given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRequestError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return search(catalogue, wish, options, limit=limit).model_dump(mode="json")
