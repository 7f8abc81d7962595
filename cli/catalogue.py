"""`expertglasses catalogue`: import, validate, list, show, activate and roll back catalogues."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shared.settings import settings

if TYPE_CHECKING:
    from workers.search.importing.report import Report

_HELD = 3  # exit status: written, not put in force
_SHOWN = 10  # problems printed; the file has them all

_File = click.Path(exists=True, path_type=Path)
_options: tuple[Callable[..., Any], ...] = (
    click.argument("table", type=_File),
    click.option("--mapping", type=_File, help="TOML or YAML file: which column tells what, where the guess is wrong."),
    click.option("--images", type=_File, help="Folder or zip of product photos, to tell what columns lack."),
    click.option("--fetch-images", is_flag=True, help="Fetch the photos from the table's own https addresses."),
    click.option(
        "--report", "report_file", type=click.Path(path_type=Path), help="Write the report there, as JSON."
    ),
    click.option(
        "--problems", type=click.Path(path_type=Path), help="Write every problem there, as JSON lines."
    ),
)  # fmt: skip


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options of whatever reads a table."""
    for option in reversed(_options):
        command = option(command)
    return command


@click.group()
def catalogue() -> None:
    """Import, validate, list, show and switch catalogues."""


@catalogue.command("import")
@_reading
@click.option("--name", required=True, help="What to call it: small letters, digits, - and _.")
@click.option("--force", is_flag=True, help="Put it in force although it lacks what the one in force has.")
def import_(name: str, *, force: bool, problems: Path | None, **given: Any) -> None:
    """Import TABLE (CSV or Parquet, or the folder of the published tables) and put it in force.

    All of it or nothing: when the table cannot be read, what is in force stays. Ends with status 3 when the catalogue
    was written but not put in force, because it would take frames away that searches rely on.
    """
    kept = problems or settings().data_dir / "catalogues" / name / "problems.jsonl"
    report = _run(name, force=force, problems=kept, **given)
    if report.problems:
        print(f"every problem: {kept}")
    if report.held:
        print(f"version {report.version} is written but not in force: {report.held}")
        print(f"put it in force all the same: expertglasses catalogue activate {name} {report.version}")
        raise SystemExit(_HELD)
    print(f"{name}: version {report.version} is in force")


@catalogue.command()
@_reading
@click.option("--strict", is_flag=True, help="End with status 1 when any row is rejected.")
def validate(*, strict: bool, **given: Any) -> None:
    """Do everything that an import of TABLE would, and change nothing."""
    report = _run("validated", validate_only=True, **given)
    if strict and report.rejected:
        raise SystemExit(1)


@catalogue.command()
@click.argument("table", type=_File)
def mapping(table: Path) -> None:
    """Print the guess of what TABLE's columns tell, as a mapping file to correct."""
    from workers.search.importing.guess import as_toml

    print(as_toml(table), end="")


@catalogue.command("list")
def list_() -> None:
    """List catalogues and their versions, the one in force first."""
    from shared.catalogues.snapshot import versions

    for name, found in versions(settings().data_dir).items():
        print(f"{name}: {', '.join(found)}")


@catalogue.command()
@click.argument("name")
@click.argument("frame", required=False)
def show(name: str, frame: str | None) -> None:
    """Show the version of NAME in force, or one FRAME of it with its numbers."""
    from workers.search import open_catalogue

    opened = open_catalogue(name)
    told = dict(opened.manifest) if frame is None else _frame(opened, frame)
    print(json.dumps(told, indent=2, ensure_ascii=False))


@catalogue.command()
@click.argument("name")
@click.argument("version")
def activate(name: str, version: str) -> None:
    """Put VERSION of NAME in force; running workers notice with the next job."""
    from shared.catalogues.snapshot import activate as switch

    switch(settings().data_dir, name, version)
    print(f"{name}: version {version} is in force")


@catalogue.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Put the version of NAME in force that was before this one; once more, and this one is back."""
    from shared.catalogues.snapshot import activate as switch
    from shared.catalogues.snapshot import previous

    version = previous(settings().data_dir, name)
    switch(settings().data_dir, name, version)
    print(f"{name}: version {version} is in force")


@catalogue.command()
@click.argument("name")
@click.option(
    "--keep", type=click.IntRange(min=0), default=10, show_default=True, help="Newest versions that stay."
)
def prune(name: str, keep: int) -> None:
    """Remove old versions of NAME; the one in force and the one before it always stay. An import does so itself."""
    from workers.search.importing.pruning import prune as remove

    for version in remove(settings().data_dir, name, keep):
        print(f"{name}: version {version} is removed")


def _run(
    name: str,
    *,
    table: Path,
    images: Path | None,
    fetch_images: bool,
    report_file: Path | None,
    problems: Path | None,
    **given: Any,
) -> "Report":
    """Import or validate, with a bar where somebody watches, and tell what came of it."""
    from workers.search.importing.pictures import BY_URL
    from workers.search.importing.table import import_table

    if images and fetch_images:
        raise click.UsageError("--images and --fetch-images exclude each other")
    with _bar(table.name) as progress:
        report = import_table(
            table, name, images=BY_URL if fetch_images else images, problems_file=problems, progress=progress, **given
        )  # fmt: skip
    if report_file:
        report_file.write_text(report.model_dump_json(indent=2) + "\n", "utf-8")
    _tell(report)
    return report


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, float], None]]:
    quiet = not sys.stderr.isatty()
    with click.progressbar(length=1000, label=label, file=sys.stderr, hidden=quiet) as bar:

        def progress(rows: int, share: float) -> None:
            bar.label = f"{label}, {rows:,} rows"
            bar.update(int(1000 * share) - bar.pos)

        yield progress


def _tell(report: "Report") -> None:
    if report.separator:
        print(f"{report.source}: {report.encoding}, separated by {report.separator!r}")
    for field, columns in report.columns.items():
        print(f"  {field:<14} ← {' + '.join(columns)}  (by {report.told_by[field]})")
    if report.unused:
        print(f"  not used: {', '.join(report.unused)}")
    for remark in report.remarks:
        print(f"  note: {remark}")
    for source, found in (("words", report.from_words), ("photos", report.from_photos)):
        if found:
            print(
                f"  read from {source}: {', '.join(f'{field} {count:,}' for field, count in found.items())}"
            )
    for word, count in list(report.unknown.items())[:_SHOWN]:
        print(f"  unknown word, {count} times: {word}")
    for problem in report.problems[:_SHOWN]:
        print(f"  line {problem.line}: {problem.severity}: {problem.reason}")
    print(
        f"{report.rows:,} rows: {report.accepted:,} accepted, {report.rejected:,} rejected "
        f"({report.repeated:,} of them repeat another), {report.warnings:,} warnings; "
        f"{report.photos:,} photos read; {report.seconds:.1f} s"
    )


def _frame(opened: Any, frame_id: str) -> dict[str, Any]:
    from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES

    place = opened.find(frame_id)
    numbers = {
        **dict(zip(SHAPE_FEATURES, opened.shape[place].tolist(), strict=True)),
        **dict(zip(COLOR_FEATURES, opened.color[place].tolist(), strict=True)),
    }
    told: dict[str, Any] = opened.tell(place)
    return {**told, "numbers": {name: number for name, number in numbers.items() if number}}
