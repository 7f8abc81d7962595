"""What a frame is called, and which rows only say again what another said."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from workers.search.importing.drafts import Draft
from workers.search.importing.report import Fault, Problems
from workers.search.importing.seen import Seen

_LONGEST_ID = 80
_PLAIN_ID = re.compile(r"[\w~+:][\w.~+:-]*")


class Naming:
    """Gives each row an id of its own, the same at every import of a table.

    Args:
        problems: Where repetitions go.
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._seen = Seen()
        self.repeated = 0

    def named(self, drafts: Sequence[Draft]) -> list[tuple[str, Draft]]:
        """Drafts under ids of their own; what stood in the table before is left out."""
        keys = [key_of(draft) for draft in drafts]
        firsts = self._seen.first(keys, [draft.row for draft in drafts]).tolist()
        fresh = []
        for key, first, draft in zip(keys, firsts, drafts, strict=True):
            if first == draft.row:
                fresh.append((key, draft))
            else:
                self._twice(draft, key, first)
        made = [(key, id_of(draft), draft) for key, draft in fresh if "id" not in draft.values]
        taken = self._seen.first(
            [f"id {one}" for _, one, _ in made], [draft.row for *_, draft in made]
        ).tolist()
        own = {
            draft.row: one if first == draft.row else marked(one, key)
            for (key, one, draft), first in zip(made, taken, strict=True)
        }
        return [(own.get(draft.row) or id_of(draft), draft) for _, draft in fresh]

    def _twice(self, draft: Draft, key: str, first: int) -> None:
        kind = key.partition(" ")[0]
        self.repeated += kind != "id"
        told = {"id": f"the id {draft.values.get('id')!r} was given", "picture": "the picture was shown"}
        reason = f"{told.get(kind, 'the whole row stood')} in row {first} already"
        self._problems.add(Fault(draft.row, draft.line, "rejected", "id" if kind == "id" else None, reason))


def key_of(draft: Draft) -> str:
    """What makes a row itself: its id, else its picture, else all its cells."""
    values = draft.values
    if "id" in values:
        return f"id {slug(values['id'])}"
    if picture := values.get("image") or values.get("image_url"):
        return f"picture {picture}"
    return "cells " + "\x1f".join(draft.cells)


def id_of(draft: Draft) -> str:
    """The id it has, or one made of its picture's name, else of its own."""
    values = draft.values
    if "id" in values:
        return slug(values["id"])
    if picture := values.get("image") or values.get("image_url"):
        path = unquote(urlsplit(picture).path) if "://" in picture else picture.replace("\\", "/")
        return slug(PurePosixPath(path).stem)
    words = (
        values.get("brand", ""),
        values.get("model", ""),
        values.get("name", ""),
        *values.get("color", ()),
    )
    return slug(" ".join(dict.fromkeys(filter(None, words))))


def marked(frame_id: str, key: str) -> str:
    """An id that is another row's too, or too long, told apart by what makes this row itself."""
    return f"{frame_id}-{blake2b(key.encode(), digest_size=4).hexdigest()}"


def slug(text: str) -> str:
    """An id that can stand in an address: letters, digits and `-_.~+:`."""
    clean = text if _PLAIN_ID.fullmatch(text) else re.sub(r"[^\w.~+:-]+", "-", text).strip("-.")
    if len(clean) > _LONGEST_ID:
        return marked(clean[: _LONGEST_ID - 9], clean)
    return clean or "frame"
