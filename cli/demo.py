"""`expertglasses demo`: the main job for real, from an empty machine to recommended frames."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from cli.client import Client
from cli.pictures import save_pictures
from cli.recommend import Remote, advance, progress_bar
from cli.show import show
from cli.supervisor import Stack, StackOptions
from shared.contracts import JobOptions


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), show_default=True
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def demo(out: Path, language: str) -> None:
    """Start everything, send a real photo through it, show the outcome, stop everything."""
    console = Console()
    out.mkdir(parents=True, exist_ok=True)
    photo = _portrait(out)
    console.print("[bold]Starting[/bold] broker, gateway, four workers and Flower")
    with Stack(StackOptions(port=0, data_dir=out / "stack"), say=console.print) as stack:
        console.print(f"Ready at {stack.url}; Flower at {stack.flower_url}")
        service = Remote(Client(stack.url), JobOptions(language=language))
        with progress_bar() as bar:
            job = advance(bar, "astronaut", service.follow((photo,)))
        show(job, console)
        _save(job, photo, out)
        save_pictures(job, service.studio(job), out)
    pictures = ", ".join(sorted(path.name for path in out.glob("*.png")))
    console.print(f"\nSaved to {out}/: {pictures}, job.json. Look at {out / 'recommendations.png'} first.")
    if job["state"] != "succeeded":
        raise SystemExit(f"The job {job['state']}.")


def _portrait(out: Path) -> Path:
    """The photo of Eileen Collins (NASA, public domain) that scikit-image carries."""
    from PIL import Image
    from skimage import data

    path = out / "photo.png"
    pixels = data.astronaut()  # type: ignore[no-untyped-call]
    Image.fromarray(pixels).save(path)
    return path


def _save(job: dict[str, Any], photo: Path, out: Path) -> None:
    """The job as JSON, and the photo with what perception saw drawn on it."""
    from PIL import Image, ImageDraw

    (out / "job.json").write_text(json.dumps(job, ensure_ascii=False, indent=2))
    if not job.get("face"):
        return
    picture = Image.open(photo).convert("RGB")
    pen, face = ImageDraw.Draw(picture), job["face"]
    box = face["box"]
    pen.rectangle((box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]), outline="lime")
    for x, y, _ in face["landmarks"]:
        pen.point((x * picture.width, y * picture.height), fill="cyan")
    picture.save(out / "face.png")
