"""Why a frame is not among those shown."""

import numpy as np

from shared.catalogues import Catalogue
from shared.catalogues.facets import GENDERS, tests
from shared.contracts import Filters, JobOptions, Matches, Strategy, WhyNot, Wish
from shared.scoring.aims import Aims, preferred, shares_of
from shared.scoring.exact import best, exact
from shared.scoring.query import query_of
from shared.scoring.why import why
from shared.scoring.words import words


def why_not(catalogue: Catalogue, place: int, wish: Wish, options: JobOptions, matches: Matches) -> WhyNot:
    """Explain what became of a frame in a search.

    Args:
        catalogue: The one that was searched, in the version that was searched if possible.
        place: The frame's position in it.
        wish: As the expert made it.
        options: As the search was asked for.
        matches: What it found.
    """
    frame = str(catalogue.tell(place)["id"])
    shape, color = catalogue.numbers(np.array([place]))
    asked = preferred(wish, options.preferences)
    weight = options.preferences.weight
    (reason,) = why(Aims(asked, weight), shares_of(shape, color), options.language)
    score = None
    if matches.strategy is not Strategy.MOST_POPULAR:
        score = float(best(exact(query_of(asked, matches.strategy, weight), shape, color), 1)[1][0])
    least = matches.matches[-1].score if matches.matches else None
    answer = WhyNot(
        frame=frame,
        shown=next(
            (match.rank for match in matches.matches if frame in {match.frame, *match.variants}), None
        ),
        excluded=_excluded(catalogue, place, matches.gender, options.filters),
        score=score,
        least=least,
        why=reason,
        text="",
    )
    itself = any(match.frame == frame for match in matches.matches)
    return answer.model_copy(
        update={"text": f"{_verdict(answer, matches, options.language, itself=itself)} {reason.text}".strip()}
    )


def _excluded(catalogue: Catalogue, place: int, searched: str, filters: Filters) -> tuple[str, ...]:
    record = np.asarray(catalogue.facets[[place]])
    failed = [name for name, test in tests(filters, catalogue.brands).items() if not test(record)[0]]
    whose = GENDERS[int(record["gender"][0])]
    fits = searched == "any" or whose in {searched, "unisex"}
    return (*([] if fits else ["gender"]), *failed)


def _verdict(answer: WhyNot, matches: Matches, language: str, *, itself: bool) -> str:
    told = words(language)
    say = told["why_not"]
    if answer.shown:
        return say["shown" if itself else "variant"].format(rank=answer.shown)
    if "gender" in answer.excluded:
        return say["gender"].format(gender=told["gender"][matches.gender])
    if answer.excluded:
        names = ", ".join(told["filter"][name] for name in answer.excluded)
        return say["excluded"].format(filters=names)
    if answer.score is None or answer.least is None:
        return say["popular" if answer.score is None else "none"]
    lower = say["lower"].format(score=f"{answer.score:.3f}", least=f"{answer.least:.3f}")
    return lower if answer.score < answer.least else say["alike"]
