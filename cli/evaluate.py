"""`expertglasses evaluate`: every figure of the cards of perception, from data."""

from pathlib import Path

import click

from shared.settings import settings


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the labelled folders.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where what is seen on the photos is kept, for the next time.",
)
@click.argument("tables", nargs=-1)
def evaluate(data: Path, work: Path | None, tables: tuple[str, ...]) -> None:
    """Print all TABLES: heads, shape, gender, together, pairs, iris, altered.

    Looking at some ten thousand photos takes about twenty minutes of CPU the first time.
    """
    from training.faces import evaluate as judge

    unknown = set(tables) - set(judge.TABLES)
    if unknown:
        raise click.UsageError(f"No such table: {', '.join(sorted(unknown))}.")
    judge.evaluate(data, work or settings().data_dir / "training" / "faces", tables)
