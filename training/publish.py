"""Putting weights into the folder of models: the file, and its entry in `manifest.json`."""

import hashlib
import json
from pathlib import Path
from typing import Any


def publish_json(folder: Path, entry: dict[str, str], content: dict[str, Any]) -> None:
    """Write `content` as JSON and list it.

    Args:
        folder: The folder of models.
        entry: `name`, `version`, `file`, `licence`, `purpose` and `card` of `shared.models.Weights`.
        content: What the file holds; floats are kept to seven digits, which is more than they mean.
    """
    publish(folder, entry, (json.dumps(_rounded(content), separators=(",", ":")) + "\n").encode())


def publish(folder: Path, entry: dict[str, str], data: bytes) -> None:
    """Write a file of weights and list it.

    Args:
        folder: The folder of models.
        entry: As above.
        data: What the file holds.
    """
    (folder / entry["file"]).write_bytes(data)
    manifest = folder / "manifest.json"
    models = json.loads(manifest.read_text(encoding="utf-8"))["models"]
    facts = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    models = [one for one in models if one["name"] != entry["name"]] + [{**entry, **facts}]
    models.sort(key=lambda one: str(one["name"]))
    text = json.dumps({"models": models}, indent=2, ensure_ascii=False)
    manifest.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
