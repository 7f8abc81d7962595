"""A finished job, for people in a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from shared.contracts import ATTRIBUTE_VALUES


def show(job: dict[str, Any], console: Console) -> None:
    """Print face, reasons and the recommended frames of a job as the API tells it."""
    if job.get("error"):
        console.print(f"[red]{job['error']['title']}[/red] {job['error'].get('detail', '')}")
        for advice in job["error"].get("advice", []):
            console.print(f"  {advice.get('sentence', advice['code'])}")
    if job.get("face"):
        _face(job["face"], console)
    if job.get("explanation"):
        console.print(
            f"\n[bold]Why[/bold]\n{job['explanation']['summary']}\n\n{job['explanation']['text']}\n"
        )
    if job.get("matches"):
        _matches(job["matches"], console)
    if job.get("design"):
        reason = f" ({job['design']['reason']})" if job["design"].get("reason") else ""
        console.print(f"\n[bold]A frame of your own[/bold]: design: {job['design']['status']}{reason}")


def _face(face: dict[str, Any], console: Console) -> None:
    shapes = ", ".join(f"{name} {p:.0%}" for name, p in list(face["faceshape"].items())[:4]) or "unknown"
    table = Table(title="The face", title_justify="left")
    for column in ("attribute", "value", "confidence", "evidence"):
        table.add_column(column)
    table.add_row("faceshape", shapes, "", "")
    for name in ATTRIBUTE_VALUES:
        seen = face[name]
        note = seen["evidence"] if seen["value"] != "unknown" else seen.get("reason") or ""
        table.add_row(name, seen["value"], f"{seen['confidence']:.0%}", note)
    console.print(table)
    for advice in face.get("advice", []):
        console.print(f"[yellow]{advice.get('sentence', advice['code'])}[/yellow]")


def _matches(matches: dict[str, Any], console: Console) -> None:
    """The frames with what suits and what does not; their ids are in the JSON."""
    title = f"Frames from the catalogue '{matches['catalogue']}', by {matches['strategy']}"
    table = Table(title=title, title_justify="left", show_lines=True)
    for column in ("", "score", "frame", "why"):
        table.add_column(column)
    for match in matches["matches"]:
        details = match["details"]
        words = (details.get(key) for key in ("shape", "rim", "material", "color", "size"))
        about = ", ".join(str(word).replace("_", " ") for word in words if word)
        why = (match.get("why") or {}).get("text", "")
        table.add_row(
            str(match["rank"]), f"{match['score']:.3f}", f"{match['name']}\n[dim]{about}[/dim]", why
        )
    console.print(table)
