"""Why a frame is where it is: the blocks of the wish it matches, those it misses, and a sentence."""

from functools import lru_cache
from typing import NamedTuple

from shared.contracts import Fit, Why
from shared.scoring.aims import BLOCKS, FEATURES, Aims, Block
from shared.scoring.tables import Array
from shared.scoring.words import words

_MATCHED = 0.7  # of a block's fit, from 0 to 1
_MISSED = 0.4
_COUNTS = 0.02  # a block that counts less is not worth a word
_WANTED = 0.85  # as much wanted as the most wanted of its block, or nearly
_HAS = 0.25  # share of a block from which a frame is said to have the feature
_MENTIONED, _MENTIONED_MISSED = 3, 2  # blocks a sentence names


def why(aims: Aims, shares: Array, language: str) -> list[Why]:
    """Explain frames.

    Args:
        aims: The wish, block by block.
        shares: (frames, 44) as `shares_of` tells them.
        language: Of the sentences.
    """
    fits = aims.fits(shares).round(4).tolist()
    asked = [
        _Asked(name, place, round(weight, 4), *_wanted(aims, block))
        for place, ((name, block), weight) in enumerate(
            zip(BLOCKS.items(), aims.weight.tolist(), strict=True)
        )
        if weight >= _COUNTS
    ]
    asked.sort(key=lambda block: -block.weight)
    seen: dict[tuple[str, float, tuple[str, ...]], Fit] = {}
    return [_explained(asked, *frame, seen, language) for frame in zip(fits, shares.tolist(), strict=True)]


class _Asked(NamedTuple):
    """A block of the wish that counts, and where its fit and its shares stand in a frame's rows."""

    name: str
    place: int
    weight: float
    shares: slice
    features: tuple[str, ...]
    wanted: tuple[str, ...]


def _explained(
    asked: list[_Asked],
    fits: list[float],
    shares: list[float],
    seen: dict[tuple[str, float, tuple[str, ...]], Fit],
    language: str,
) -> Why:
    matched: list[Fit] = []
    missed: list[Fit] = []
    for name, place, weight, at, features, wanted in asked:
        fit = fits[place]
        if _MISSED < fit < _MATCHED:
            continue
        has = _has(features, shares[at])
        told = seen.get((name, fit, has))
        if told is None:  # frames that suit one wish are alike in much
            told = Fit(block=name, fit=fit, weight=weight, wanted=wanted, has=has)
            seen[name, fit, has] = told
        (matched if fit >= _MATCHED else missed).append(told)
    return Why(text=_sentence(matched, missed, language), matched=tuple(matched), missed=tuple(missed))


def _wanted(aims: Aims, block: Block) -> tuple[slice, tuple[str, ...], tuple[str, ...]]:
    """Where a block's features stand, their names, and those wanted most, best first: none where little of it is."""
    at = slice(block.first, block.last)
    features = FEATURES[at]
    most = [pair for pair in zip(aims.fit[at].tolist(), features, strict=True) if pair[0] >= _WANTED]
    most.sort(key=lambda pair: -pair[0])
    return at, features, tuple([name for _, name in most])


def _has(features: tuple[str, ...], shares: list[float]) -> tuple[str, ...]:
    if len(shares) == 1:
        return features if shares[0] >= 0.5 else ()  # noqa: PLR2004  half of what it may be
    most = max(shares)
    if most > 1 - _HAS:  # the usual case: no other can be told
        return (features[shares.index(most)],)
    if most == min(shares):  # the catalogue does not tell
        return ()
    has = [pair for pair in zip(shares, features, strict=True) if pair[0] >= _HAS]
    has.sort(key=lambda pair: -pair[0])
    return tuple([name for _, name in has])


@lru_cache(maxsize=4096)
def _phrase(block: str, features: tuple[str, ...], language: str) -> str:
    """A frame's, or a wish's, features in a block; empty where there is nothing to say."""
    told = words(language)
    if features:
        return told["feature"][features[0]]
    return told["without"].get(block, "")


def _sentence(matched: list[Fit], missed: list[Fit], language: str) -> str:
    told = words(language)["why"]
    good = [_phrase(fit.block, _best(fit), language) for fit in matched[:_MENTIONED]]
    bad = [_instead(fit.block, fit.has, fit.wanted, language) for fit in missed]
    sentences = []
    if any(good):
        sentences.append(told["matched"].format(matched=", ".join(filter(None, good))))
    if any(bad):
        sentences.append(told["missed"].format(missed=", ".join([*filter(None, bad)][:_MENTIONED_MISSED])))
    return " ".join(sentences) or told["silent"]


@lru_cache(maxsize=4096)
def _instead(block: str, has: tuple[str, ...], wanted: tuple[str, ...], language: str) -> str:
    """What a frame has where the wish wants another thing; empty where one of them cannot be said."""
    frame, wish = _phrase(block, has, language), _phrase(block, wanted, language)
    return words(language)["why"]["instead"].format(has=frame, wanted=wish) if frame and wish else ""


def _best(fit: Fit) -> tuple[str, ...]:
    """What the frame has, the wanted first."""
    return fit.has if len(fit.has) < 2 else tuple(sorted(fit.has, key=lambda name: name not in fit.wanted))  # noqa: PLR2004  one needs no order
