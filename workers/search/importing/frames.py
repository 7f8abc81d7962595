"""From what a row and its photo tell to a frame of the catalogue."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.eyewear.spec import Colour, Nose
from workers.search.importing.drafts import Draft
from workers.search.importing.numbers import (
    Shares,
    Told,
    heights,
    quarters,
    sure,
    thickness,
    vectors,
    widths,
    word,
)
from workers.search.importing.prose import from_prose
from workers.search.importing.writer import FrameRow

if TYPE_CHECKING:
    from shared.eyewear.tagger import Tags

_GROUPS = ("shape", "rim", "material", "color", "gender")
_BOTH = ("female", "male")
_LOOKS = (
    *("shape", "rim", "material", "color", "second_color", "upper_line", "nose_pads", "rim_thickness"),
    *("width", "height"),
)
_SPOKEN = {"second": "second_color", "upper": "upper_line"}
_TOP_HEAVY_FROM = 0.25  # as in `describe`
_PLAIN_DETAILS = (
    *("brand", "model", "price", "currency", "in_stock", "lens_width", "lens_height", "bridge_width"),
    *("temple_length", "total_width", "link"),
)


class Maker:
    """Makes frames, and counts where their words come from.

    Args:
        currency: Of prices, where no column tells it.
        keep: Columns that shoppers read as they are: name and position.
    """

    def __init__(self, currency: str | None, keep: Sequence[tuple[str, int]]) -> None:
        self._currency = currency
        self._keep = keep
        self.from_words: Counter[str] = Counter()
        self.from_photos: Counter[str] = Counter()
        self.genders: Counter[str] = Counter()

    def frame(self, frame_id: str, draft: Draft, tags: "Tags | None") -> FrameRow:
        """One frame."""
        values = draft.values
        _split_size(values)
        guessed = self._guessed(values)
        gender = _gender(values.get("gender") or guessed.get("gender"))
        if gender == "unisex":
            self.genders.update(_BOTH)
        else:
            self.genders[gender] += 1
        known = {**guessed, **values, **_sizes(values)}
        look = _look(tuple(map(known.get, _LOOKS)), gender) if tags is None else _seen(known, gender, tags)
        details = self._details(draft, look)
        if guessed:
            details["read_from_words"] = ", ".join(guessed)
        if look.seen:
            self.from_photos.update(look.seen)
            details["read_from_photo"] = ", ".join(look.seen)
        return FrameRow(
            id=frame_id,
            row=draft.row,
            shape=look.shape,
            color=look.color,
            name=_name(values, details, frame_id),
            gender=gender,
            details=details,
            image_url=values.get("image_url"),
            popularity=values.get("popularity", math.nan),
        )

    def _guessed(self, values: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        """What the row's own words give away of what its columns do not tell."""
        missing = tuple(name for name in _GROUPS if name not in values)
        prose = f"{values.get('name', '')} {values.get('text', '')}" if missing else " "
        if prose == " ":
            return {}
        guessed = from_prose(prose, values.get("brand", ""), missing)
        self.from_words.update(guessed.keys())
        return guessed

    def _details(self, draft: Draft, look: "_Look") -> dict[str, Any]:
        values = draft.values
        details: dict[str, Any] = dict(look.words)
        for name in _PLAIN_DETAILS:
            if name in values:
                details[name] = values[name]
        if "price" in values and self._currency:
            details.setdefault("currency", self._currency)
        if "model" not in details and "name" in values and "color" in values:
            details["model"] = values["name"]  # one name in several colours is one model
        for name, place in self._keep:
            if draft.cells[place]:
                details[name] = draft.cells[place]
        return details


class _Look(NamedTuple):
    """How a frame looks.

    Attributes:
        shape: 31 numbers.
        color: 15 numbers.
        words: By detail, the word that is sure.
        seen: What was taken from the photo.
    """

    shape: tuple[float, ...]
    color: tuple[float, ...]
    words: tuple[tuple[str, str], ...]
    seen: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def _look(told: tuple[Any, ...], gender: str) -> _Look:
    """The look that the fields `_LOOKS` tell; many frames share one."""
    values = {name: value for name, value in zip(_LOOKS, told, strict=True) if value is not None}
    return _looking(Told(**_known(values), male=gender == "male"))


def _seen(values: dict[str, Any], gender: str, tags: "Tags") -> _Look:
    """The look with what the photo adds to it."""
    known, seen = _with_photo(_known(values), tags)
    return _looking(Told(**known, male=gender == "male"), tuple(seen))


def _looking(told: Told, seen: tuple[str, ...] = ()) -> _Look:
    words = {
        "shape": sure(told.shape),
        "rim": sure(told.rim),
        "material": sure(told.material),
        "color": sure(told.color),
        "second_color": sure(told.second),
        "upper_line": sure(told.upper),
    }
    return _Look(*vectors(told), tuple((name, found) for name, found in words.items() if found), seen)


def _gender(words: tuple[str, ...] | None) -> str:
    """Whose a frame is; nobody says so, everybody's."""
    return words[0] if words and len(words) == 1 else "unisex"


def _split_size(values: dict[str, Any]) -> None:
    if size := values.get("size"):
        for name, number in zip(("lens_width", "bridge_width", "temple_length"), size, strict=True):
            if number is not None:
                values.setdefault(name, number)


def _name(values: dict[str, Any], details: dict[str, Any], frame_id: str) -> str:
    brand, name = values.get("brand", ""), values.get("name") or values.get("model") or ""
    if not name:
        words = (details.get(part, "") for part in ("color", "shape"))
        name = " ".join(str(found).replace("_", " ") for found in words if found) if brand else frame_id
    return name if not brand or brand.casefold() in name.casefold() else f"{brand} {name}".strip()


def _sizes(values: dict[str, Any]) -> dict[str, Shares]:
    """Width and height of the front in classes, from sizes in mm."""
    return {
        "width": widths(values.get("total_width"), values.get("lens_width"), values.get("bridge_width")),
        "height": heights(values.get("lens_height")),
    }


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """What columns and words tell, as `Told` takes it."""
    main, second = _colours(values)
    known: dict[str, Any] = {
        **{name: _alike(values[name]) for name in ("shape", "rim", "material") if name in values},
        "color": main,
        "second": second,
        "upper": word(values["upper_line"][0]) if "upper_line" in values else (),
        "width": values.get("width", ()),
        "height": values.get("height", ()),
    }
    if "nose_pads" in values:
        known["nose_pads"] = float(values["nose_pads"])
    if "rim_thickness" in values:
        known["thick"] = thickness(values["rim_thickness"], sure(known.get("material", ())))
    return known


def _with_photo(known: dict[str, Any], tags: "Tags") -> tuple[dict[str, Any], list[str]]:
    """Known things with what only the photo shows; and which of the groups that is."""
    hinted = {
        group: quarters(table)
        for group, table in tags.shares.items()
        if group in Told._fields and not known.get(group)
    }
    qualities = {
        "nose_pads": round(4 * tags.shares["nose"][Nose.PADS]) / 4,
        "top_heavy": float(tags.top_heavy >= _TOP_HEAVY_FROM),
        "angular": min(1.0, max(0.0, round(2 * tags.angularity) / 2)),
        "thick": round(tags.thick, 1),
    }
    found = {group: shares for group, shares in hinted.items() if shares}
    return {**qualities, **known, **found}, [_SPOKEN.get(group, group) for group in found]


def _alike(words: tuple[str, ...]) -> Shares:
    """Several words share a frame: `metal, plastic` is half of each."""
    return tuple((one, round(1 / len(words), 2)) for one in words)


def _colours(values: dict[str, Any]) -> tuple[Shares, Shares]:
    """Main and second colour; one colour alone is both, as the published numbers have it."""
    names = values.get("color", ())
    if len(names) > 1:  # shiny black is black
        names = tuple(name for name in names if name != Colour.SHINY) or names
    other = values.get("second_color") or names[1:]
    main = names[:1] or other[:1]
    return (word(main[0]) if main else ()), (word((other or main)[0]) if main else ())
