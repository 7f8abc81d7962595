"""Wish in, matches out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from shared.catalogues import Catalogue
from shared.contracts import Filters, JobOptions, Match, Matches, Preferences, Strategy, Wish
from shared.errors import CatalogueEmptyError, InvalidRequestError
from shared.scoring import Aims, Ranked, preferred, published, why
from shared.scoring.aims import shares_of
from shared.scoring.side import side_of
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
    found = _find(catalogue, gender, wish, asked, aims=aims, passed=passed, seed=seed)
    return _answer(catalogue, asked, gender, _told(catalogue, found, aims, asked.language, passed))


def _find(
    catalogue: Catalogue,
    gender: str,
    wish: Wish,
    asked: JobOptions,
    *,
    aims: Aims,
    passed: Passed | None,
    seed: int,
) -> Ranked:
    if asked.strategy is Strategy.MOST_POPULAR:
        return draw(catalogue, gender, asked.limit, seed, passed)
    if asked.strategy is Strategy.BALANCED:
        return varied_models(catalogue, gender, aims.query, asked.limit, passed)
    return best_models(catalogue, gender, published(wish, asked.strategy), asked.limit, passed)


def _gender(wish: Wish, filters: Filters) -> str:
    return filters.gender or ("male" if wish.shape[30] > 0 else "female")


def _answer(
    catalogue: Catalogue, asked: JobOptions, gender: str, matches: tuple[Match, ...], none: str | None = None
) -> Matches:
    return Matches.model_construct(
        catalogue=catalogue.name,
        catalogue_version=catalogue.version,
        strategy=asked.strategy,
        gender=gender,
        matches=matches,
        reason=none,
    )


def _told(
    catalogue: Catalogue, found: Ranked, aims: Aims, language: str, passed: Passed | None
) -> tuple[Match, ...]:
    """The frames as a client reads them: with reasons, and with the other colours of their models."""
    places = found.places
    shown = set(places.tolist())
    variants = catalogue.models.variants(places).tolist()
    others = np.array([place for place in variants if place not in shown], dtype=np.int64)
    if passed is not None:
        others = others[passed[others]]
    shares = shares_of(*catalogue.numbers(np.concatenate([places, others])))
    fits = aims.fits(shares[len(places) :]) @ aims.weight
    named = _by_model(catalogue, others[np.argsort(-fits, kind="stable")])
    models = catalogue.models.of_frame[places].tolist()
    rows = zip(
        places.tolist(),
        found.scores.tolist(),
        why(aims, shares[: len(places)], language),
        models,
        strict=True,
    )
    return tuple(
        _match(catalogue, place, rank=rank, score=score, why=told, variants=named.get(model, ()))
        for rank, (place, score, told, model) in enumerate(rows, 1)
    )


def _by_model(catalogue: Catalogue, places: NDArray[np.int64]) -> dict[int, tuple[str, ...]]:
    named: dict[int, tuple[str, ...]] = {}
    for place, model in zip(places.tolist(), catalogue.models.of_frame[places].tolist(), strict=True):
        named[model] = (*named.get(model, ()), catalogue.tell(place)["id"])
    return named


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
