"""`expertglasses up`: the whole system on one machine, watched over."""

import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from cli.supervisor import Stack, StackOptions


@click.command()
@click.option("--port", type=int, help="Of the gateway; 0 takes a free one. [default: the `port` setting]")
@click.option("--workers", multiple=True, metavar="STAGE=N", help="Processes of a stage, e.g. perception=2.")
@click.option("--redis-url", help="Use this Redis instead of starting an embedded one.")
@click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Catalogues, blobs, broker."
)
@click.option("--no-flower", is_flag=True, help="Leave Flower out.")
def up(
    port: int | None, workers: tuple[str, ...], redis_url: str | None, data_dir: Path | None, no_flower: bool
) -> None:
    """Start broker, gateway, four workers and Flower; restart whatever dies; Ctrl-C ends it cleanly."""
    options = StackOptions(
        port=port, scale=_scale(workers), redis_url=redis_url, data_dir=data_dir, flower=not no_flower
    )
    ended = threading.Event()

    def end(*_: Any) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with Stack(options, say=lambda line: print(line, flush=True)) as stack:
        print(f"\nReady. The API is at {stack.url}, its description at {stack.url}/openapi.json")
        if stack.flower_url:
            print(f"Flower is at {stack.flower_url}. Logs are in {stack.logs}")
        print(f"Try: expertglasses recommend --url {stack.url} PHOTO\nCtrl-C ends it.", flush=True)
        ended.wait()
        print("\nStopping; work in hand is finished first.", flush=True)
    sys.exit(0)


def _scale(given: tuple[str, ...]) -> dict[str, int]:
    pairs = {}
    for text in given:
        stage, _, count = text.partition("=")
        if stage not in {"perception", "expert", "search", "gan"} or not count.isdigit() or int(count) < 1:
            raise click.BadParameter(f"{text!r} is not STAGE=N with N of 1 or more", param_hint="--workers")
        pairs[stage] = int(count)
    return pairs
