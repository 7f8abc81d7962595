"""`expertglasses catalogue`: import, list, show and activate catalogues."""

import json
from pathlib import Path

import click

from shared.settings import settings


@click.group()
def catalogue() -> None:
    """Import, list, show and switch catalogues."""


@catalogue.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", required=True, help="What to call it: small letters, digits, - and _.")
def import_(folder: Path, name: str) -> None:
    """Import the published tables in FOLDER (database, shape_vectors, color_vectors) and put them in force."""
    from workers.search.importing.published import import_published

    report = import_published(folder, name, settings().data_dir)
    for row, reason in report.rejected:
        print(f"row {row}: {reason}")
    print(
        f"{name}: {report.taken} frames taken, {len(report.rejected)} rejected; version {report.version} in force"
    )


@catalogue.command("list")
def list_() -> None:
    """List catalogues and their versions, the one in force first."""
    from shared.catalogues.snapshot import versions

    for name, found in versions(settings().data_dir).items():
        print(f"{name}: {', '.join(found)}")


@catalogue.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the manifest of the version of NAME in force."""
    from workers.search import open_catalogue

    print(json.dumps(open_catalogue(name).manifest, indent=2))


@catalogue.command()
@click.argument("name")
@click.argument("version")
def activate(name: str, version: str) -> None:
    """Put VERSION of NAME in force; running workers notice with the next job."""
    from shared.catalogues.snapshot import activate as switch

    switch(settings().data_dir, name, version)
    print(f"{name}: {version} is in force")
