"""Hot reload: other processes search on while versions of a catalogue change."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from shared.catalogues.snapshot import activate
from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Wish
from shared.settings import settings
from workers.search import open_catalogue, search, warm
from workers.search.importing.writer import FrameRow, write

VERSIONS = 4
SWITCHES = 12
WISH = Wish(
    shape=tuple(float(name in {"round", "full_rim"}) - (name == "male") for name in SHAPE_FEATURES),
    color=tuple(float(name == "black") for name in COLOR_FEATURES),
)


def frames(number: int) -> list[FrameRow]:
    """The frames of a version: all are round, and are priced by its number."""
    shape = [float(name in {"round", "full_rim"}) for name in SHAPE_FEATURES]
    color = [float(name == "black") for name in COLOR_FEATURES]
    return [FrameRow(f"f{n}", n, shape, color, details={"price": number}) for n in range(8 + number)]


def keep_searching(data_dir: Path, pipe: Connection) -> None:
    """A worker: search until told to stop, then tell what was seen."""
    settings.cache_clear()
    assert settings().data_dir == data_dir
    seen: set[tuple[str, Any, int]] = set()
    searches = 0
    pipe.send("ready")
    while not pipe.poll():
        catalogue = open_catalogue("shop")
        found = search(catalogue, WISH, limit=50)
        seen.add((found.catalogue_version, found.matches[0].details["price"], len(found.matches)))
        searches += 1
    pipe.send((seen, searches, search(open_catalogue("shop"), WISH).catalogue_version))


def test_processes_see_each_version_whole_and_the_last_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given two workers that search / If versions are switched twelve times / Then no search fails or mixes versions."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path))
    made = [write(tmp_path, "shop", frames(number), "test") for number in range(VERSIONS)]
    context = multiprocessing.get_context("spawn")
    workers = []
    for _ in range(2):
        here, there = context.Pipe()
        process = context.Process(target=keep_searching, args=(tmp_path, there))
        process.start()
        workers.append((process, here))
    for _, pipe in workers:
        assert pipe.recv() == "ready"
    for turn in range(SWITCHES):
        activate(tmp_path, "shop", made[turn % VERSIONS])
        time.sleep(0.05)
    last = made[(SWITCHES - 1) % VERSIONS]
    whole = {(version, number, 8 + number) for number, version in enumerate(made)}
    for process, pipe in workers:
        pipe.send("stop")
        seen, searches, now = pipe.recv()
        process.join(10)
        assert process.exitcode == 0
        assert seen <= whole
        assert len(seen) > 1
        assert searches >= len(seen)
        assert now == last


def test_a_warm_catalogue_answers_as_a_cold_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given frames for women only / If warmed / Then nothing fails for want of men's, and matches are the same."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    write(tmp_path, "shop", frames(0), "test")
    cold = search(open_catalogue("shop"), WISH)
    warm(open_catalogue("shop"))
    assert search(open_catalogue("shop"), WISH) == cold
    monkeypatch.undo()
    settings.cache_clear()
