"""`expertglasses recommend`: photos to recommendations, here or on a running service."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.client import Client
from cli.show import show
from shared.contracts import STAGES, JobOptions, Strategy
from shared.errors import ExpertGlassesError

_STEPS = len(STAGES)


@click.command()
@click.argument(
    "photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--url", help="A running gateway; without it everything is computed in this process.")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
@click.option("--strategy", type=click.Choice(list(Strategy)), default=Strategy.BALANCED, show_default=True)
@click.option("--limit", type=click.IntRange(1, 50), default=6, show_default=True, help="How many frames.")
@click.option("--catalogue", help="Name of the catalogue.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a photo instead of tables.")
def recommend(  # noqa: PLR0917  click passes each option by name
    photos: tuple[Path, ...],
    url: str | None,
    language: str,
    strategy: str,
    limit: int,
    catalogue: str | None,
    as_json: bool,
) -> None:
    """Recommend frames for each PHOTO, with progress, the face, the reasons and the best frames."""
    options = JobOptions(language=language, strategy=strategy, limit=limit, catalogue=catalogue)
    console, failed = Console(), 0
    follow = remote(Client(url), options) if url else Local(options).follow
    with progress_bar() as bar:
        for photo in photos:
            job = advance(bar, photo.name, follow(photo))
            failed += job["state"] != "succeeded"
            if as_json:
                print(json.dumps({"photo": str(photo), **job}, ensure_ascii=False))
            else:
                bar.console.print(f"\n[bold]{photo}[/bold]")
                show(job, console)
    sys.exit(1 if failed else 0)


def progress_bar() -> Progress:
    """A bar that names the stage at work; on standard error, so that output can be piped."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def advance(bar: Progress, name: str, states: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Move the bar with a job's stages; the last state is the result."""
    task = bar.add_task(name, total=_STEPS)
    job: dict[str, Any] = {}
    for job in states:
        done = sum(s["state"] in {"succeeded", "skipped"} for s in job["stages"].values())
        now = next((stage for stage, s in job["stages"].items() if s["state"] == "running"), "")
        bar.update(task, completed=done, description=f"{name} {now}")
    return job


def remote(client: Client, options: JobOptions) -> Any:
    """A follower of photos on a running service."""

    def follow(photo: Path) -> Iterator[dict[str, Any]]:
        yield from client.follow(client.submit(photo, options.model_dump_json())["id"])

    return follow


class Local:
    """The same four pipelines without a queue, in this process."""

    def __init__(self, options: JobOptions) -> None:
        from workers.expert import rules_in_force
        from workers.perception import Perceiver
        from workers.search import open_catalogue

        self._options = options
        self._perceiver = Perceiver()
        self._rules = rules_in_force()
        self._catalogue = open_catalogue(options.catalogue)

    def follow(self, photo: Path) -> Iterator[dict[str, Any]]:
        """The job so far, after each stage, in the API's form."""
        job: dict[str, Any] = {"state": "running", "stages": {s: {"state": "waiting"} for s in STAGES}}
        steps = self._steps(photo)
        try:
            for stage in STAGES:
                job["stages"][stage] = {"state": "running"}
                yield job
                job |= next(steps)
                job["stages"][stage] = {"state": "succeeded"}
            job["state"] = "succeeded"
        except ExpertGlassesError as error:
            job |= {"state": "failed", "error": error.problem()}
        yield job

    def _steps(self, photo: Path) -> Iterator[dict[str, Any]]:
        from workers.expert import advise
        from workers.gan.design import design, without_design
        from workers.search import search

        options = self._options
        face = self._perceiver.perceive(photo.read_bytes())
        yield {"face": face.model_dump(mode="json")}
        advised = advise(face, self._rules, options.language)
        yield advised.model_dump(mode="json")
        found = search(self._catalogue, advised.wish, options)
        yield {"matches": found.model_dump(mode="json")}
        try:
            drawn = design(advised.wish, options.generate)
        except ExpertGlassesError as error:
            drawn = without_design(error)
        yield {"design": drawn.model_dump(mode="json")}
