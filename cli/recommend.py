"""`expertglasses recommend`: photos to recommendations, here or on a running service."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.client import Client
from cli.pictures import LocalStudio, RemoteStudio, save_pictures
from cli.show import show
from shared.advice import spoken
from shared.contracts import STAGES, JobOptions, Strategy
from shared.errors import ExpertGlassesError
from shared.photos import MOST_PHOTOS

_STEPS = len(STAGES)


@click.command()
@click.argument(
    "photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--url", help="A running gateway; without it everything is computed in this process.")
@click.option(
    "--key",
    envvar="EXPERTGLASSES_KEY",
    help="Access key of that gateway; better in the environment as EXPERTGLASSES_KEY.",
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
@click.option(
    "--strategy",
    type=click.Choice([s.value for s in Strategy]),
    default=Strategy.BALANCED.value,
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 50), default=6, show_default=True, help="How many frames.")
@click.option("--catalogue", help="Name of the catalogue.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save the frames, each on the face, and all on one sheet in a folder of this one named after the photo.",
)
@click.option(
    "--together", is_flag=True, help="All photos show one person: the face is what they tell together."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a photo instead of tables.")
def recommend(  # noqa: PLR0917  click passes each option by name
    photos: tuple[Path, ...],
    url: str | None,
    key: str | None,
    language: str,
    strategy: str,
    limit: int,
    catalogue: str | None,
    out: Path | None,
    together: bool,
    as_json: bool,
) -> None:
    """Recommend frames for each PHOTO, with progress, the face, the reasons and the best frames."""
    if together and len(photos) > MOST_PHOTOS:
        raise click.UsageError(f"At most {MOST_PHOTOS} photos of one person.")
    options = JobOptions(language=language, strategy=strategy, limit=limit, catalogue=catalogue)
    console, failed = Console(), 0
    service = Remote(Client(url, key), options) if url else Local(options)
    with progress_bar() as bar:
        for own in [photos] if together else [(one,) for one in photos]:
            photo = own[0]
            job = advance(bar, photo.name, service.follow(own))
            failed += job["state"] != "succeeded"
            if out and job.get("face"):
                (out / photo.stem).mkdir(parents=True, exist_ok=True)
                save_pictures(job, service.studio(job), out / photo.stem)
            if as_json:
                print(json.dumps({"photo": str(photo), **job}, ensure_ascii=False))
            else:
                bar.console.print(f"\n[bold]{', '.join(map(str, own))}[/bold]")
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


class Remote:
    """A running service.

    Args:
        client: Talks to it.
        options: What is asked for each photo.
    """

    def __init__(self, client: Client, options: JobOptions) -> None:
        self._client = client
        self._options = options.model_dump_json(exclude_unset=True)

    def follow(self, photos: Sequence[Path]) -> Iterator[dict[str, Any]]:
        """The job so far, each time a stage moves."""
        yield from self._client.follow(self._client.submit(photos, self._options)["id"])

    def studio(self, job: dict[str, Any]) -> RemoteStudio:
        """Draws the pictures of a finished job."""
        return RemoteStudio(self._client, job)


class Local:
    """The same four pipelines without a queue, in this process.

    Args:
        options: What is asked for each photo.
    """

    def __init__(self, options: JobOptions) -> None:
        from workers.expert import rules_in_force
        from workers.perception import Perceiver
        from workers.search import open_catalogue

        self._options = options
        self._perceiver = Perceiver()
        self._rules = rules_in_force()
        self._catalogue = open_catalogue(options.catalogue)

    def follow(self, photos: Sequence[Path]) -> Iterator[dict[str, Any]]:
        """The job so far, after each stage, in the API's form."""
        job: dict[str, Any] = {"state": "running", "stages": {s: {"state": "waiting"} for s in STAGES}}
        steps = self._steps(photos)
        try:
            for stage in STAGES:
                job["stages"][stage] = {"state": "running"}
                yield job
                job |= next(steps)
                job["stages"][stage] = {"state": "succeeded"}
            job["state"] = "succeeded"
        except ExpertGlassesError as error:
            problem = error.problem()
            job |= {"state": "failed", "error": {**problem, **self._said(problem)}}
        yield job

    def _steps(self, photos: Sequence[Path]) -> Iterator[dict[str, Any]]:
        from workers.expert import advise
        from workers.gan.design import design, without_design
        from workers.perception import perceive_together
        from workers.search import search

        options, files = self._options, [photo.read_bytes() for photo in photos]
        face = perceive_together(files, self._perceiver.perceive)
        seen = face.model_dump(mode="json")
        yield {"face": {**seen, **self._said(seen)}}
        advised = advise(face, self._rules, options.language)
        yield advised.model_dump(mode="json")
        found = search(self._catalogue, advised.wish, options)
        yield {"matches": found.model_dump(mode="json")}
        try:
            drawn, drawings = design(advised.wish, options.generate)
        except ExpertGlassesError as error:
            drawn, drawings = without_design(error), {}
        self._last = LocalStudio(self._catalogue, face, files[0], drawings)
        yield {"design": drawn.model_dump(mode="json")}

    def _said(self, part: dict[str, Any]) -> dict[str, Any]:
        """The advice of a face or an error in words, where there is any."""
        return {"advice": spoken(part["advice"], self._options.language)} if part.get("advice") else {}

    def studio(self, job: dict[str, Any]) -> LocalStudio:  # noqa: ARG002  as a service's, which is asked by job
        """Draws the pictures of the last job."""
        return self._last
