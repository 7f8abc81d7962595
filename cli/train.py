"""`expertglasses train`: make weights from data, and leave them in the folder of models."""

from importlib import import_module
from pathlib import Path

import click

from shared.settings import settings

# Each recipe: the module whose `main` runs it, and whether it needs photos of people.
_RECIPES = {
    "heads": ("training.faces.heads", True),
    "parsing": ("training.faces.parsing", True),
    "scratch": ("training.faces.scratch", True),
    "statistics": ("training.face_statistics", True),
    "shape": ("training.faceshape_geometry", True),
    "gan": ("training.gan.train", False),
    "sr": ("training.sr.train", False),
    "tagger": ("training.tagger.fit", False),
}


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=click.Choice(list(_RECIPES)))
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Labelled photos."
)
@click.option("--models", type=click.Path(file_okay=False, path_type=Path), help="Where the weights go.")
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def train(name: str, data: Path | None, models: Path | None, rest: tuple[str, ...]) -> None:
    """Train NAME; what stands in REST goes to the recipe (`-- --help` shows it).

    Runs are seeded, write checkpoints, and go on where they were stopped.
    """
    module, of_people = _RECIPES[name]
    if of_people and data is None:
        raise click.UsageError(f"{name} is taught by photos of people: say where they are with --data.")
    given = ["--data", str(data)] if data and of_people else []
    if of_people:
        given += ["--models", str(models or settings().models_dir)]
    import_module(module).main([*given, *rest])
