"""The guess of a table's columns as a mapping file, for a person to correct."""

import json
from pathlib import Path

from workers.search.importing.columns import Hints, plan
from workers.search.importing.fields import FIELDS
from workers.search.importing.sheet import Chunk, open_sheet


def as_toml(table: Path) -> str:
    """A mapping file that says what the guess would do.

    Raises:
        CatalogueInvalidError: The table cannot be read, or no column was understood.
    """
    sheet = open_sheet(table)
    head = next(sheet.chunks(), Chunk(0, [], [], 1.0))
    found = plan(sheet.header, [row for row in head.rows if not isinstance(row, str)], Hints())
    lines = [f"# {remark}" for remark in found.remarks]
    if sheet.separator:
        lines += [f'encoding = "{sheet.encoding}"', f"separator = {_quoted(sheet.separator)}"]
    lines += ["", "[columns]"]
    for field, places in found.columns.items():
        names = [_quoted(sheet.header[place]) for place in places]
        lines.append(f"{field} = {names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'}")
    if found.unused:
        lines.append(f"# not used: {', '.join(found.unused)}")
    lines.append(f"# nobody tells: {', '.join(name for name in FIELDS if name not in found.columns)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string
