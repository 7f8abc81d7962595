"""Every stage as a filter: JSON lines in, JSON lines out, one bad line never stops the rest."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import click
from pydantic import ValidationError

from shared.contracts import Strategy
from shared.errors import ExpertGlassesError, InvalidRequestError

Line = dict[str, Any]
_input = click.argument("lines", type=click.File("r", encoding="utf-8"), default="-")


def _run(lines: TextIO, work: Callable[[Line], Line]) -> None:
    """Feed each line to `work`; a line that fails is answered by one `{"error": …, "line": n}`."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = _parse(text)
            # An earlier filter's error goes through as it is, so that the end of a pipe tells the cause.
            answer = line if "error" in line else work(line)
        except ExpertGlassesError as error:
            answer = {"error": error.problem(), "line": number}
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            answer = {"error": InvalidRequestError(wrong).problem(), "line": number}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _parse(text: str) -> Line:
    try:
        line = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"The line is not JSON: {error}") from None
    if not isinstance(line, dict):
        raise InvalidRequestError("The line is not a JSON object.")
    return line


@click.command()
@_input
def perceive(lines: TextIO) -> None:
    """Photos to faces: {"photo": path} in, {"face": …} out."""
    from workers.perception import Perceiver, perceive_line

    perceiver = Perceiver()
    _run(lines, lambda line: perceive_line(line, perceiver))


@click.command()
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", help="Of text and summary.")
@_input
def advise(lines: TextIO, language: str) -> None:
    """Faces to wishes: attributes in; shape (31), color (15), rules, text and summary out."""
    from workers.expert import advise_line, rules_in_force

    rules = rules_in_force()
    _run(lines, lambda line: advise_line(line, rules, language))


@click.command()
@click.option("--catalogue", "name", help="Name of the catalogue; the configured one when not given.")
@click.option(
    "--strategy",
    type=click.Choice([s.value for s in Strategy]),
    default=Strategy.BALANCED.value,
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 1000), default=6, show_default=True, help="How many frames.")
@_input
def search(lines: TextIO, name: str | None, strategy: str, limit: int) -> None:
    """Wishes to frames: {"shape": […], "color": […]} and what is asked of frames in, {"matches": […]} out.

    A line may bring `filters`, `preferences` and `language`, as the options of a job.
    """
    from workers.search import open_catalogue, search_line

    catalogue = open_catalogue(name)
    _run(lines, lambda line: search_line(line, catalogue, Strategy(strategy), limit))


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the images."
)
@_input
def design(lines: TextIO, out: Path) -> None:
    """Wishes to new frames: {"shape", "color", "seed", "count"} in, {"images": [paths]} out."""
    from workers.gan.filter import design_line

    _run(lines, lambda line: design_line(line, out))
