"""Putting a network of an adversarial run into the models folder: file, list and card."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

import keras

from shared.settings import settings
from training import litert
from training.adversarial import Recipe
from training.publish import publish


def options(about: str | None, name: str, views: int) -> argparse.ArgumentParser:
    """Options of an export command.

    Args:
        about: What the command says of itself.
        name: Of the run's folder.
        views: How many it learnt from, as a rule.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / name)
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--version", default="1")
    parser.add_argument("--views", type=int, default=views, help="how many it learnt from, for the card")
    parser.add_argument("--before", default="", help="what the run began with, for the card")
    return parser


def phases(recipe: Recipe, step: int, alone: str, against: str) -> str:
    """The steps of each phase in words, e.g. `7,000 steps of 32 of regression alone`."""
    warm = min(step, recipe.warm)
    steps = {alone: warm, against: step - warm}
    return ", ".join(f"{count:,} steps of {recipe.batch} {how}" for how, count in steps.items() if count)


def export(  # noqa: PLR0917  two commands alone call it
    given: argparse.Namespace,
    name: str,
    purpose: str,
    model: keras.Model,
    batch: int,
    card: Path,
    **told: Any,
) -> None:
    """Export a trained network, list it and describe it.

    Args:
        given: What `options` read.
        name: Of the model.
        purpose: For the list.
        model: In single precision.
        batch: How many examples it takes at a time.
        card: Template of the card.
        told: Fills the template, with what is the same of every run added.
    """
    entry = {
        "name": name,
        "version": given.version,
        "file": f"{name}.tflite",
        "licence": "MIT; trained on our own renders alone",
        "purpose": purpose,
        "card": f"{name}.md",
    }
    told |= {
        "version": given.version,
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "before": f"{given.before}, then " if given.before else "",
        "views": f"{given.views:,}",
        "keras": litert.kept(model, given.folder / f"{name}.keras"),
    }
    publish(given.models, entry, litert.exported(model, batch))
    text = card.read_text(encoding="utf-8").format(**told)
    (given.models / entry["card"]).write_text(text, encoding="utf-8")
    print(f"{name} {given.version}: {told['weights']} weights, {told['did']}")
