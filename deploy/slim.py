"""Takes out of an environment what no service runs: tests of packages, type stubs, models of other clouds' services.

python slim.py ENVIRONMENT
"""

import shutil
import sys
from pathlib import Path

# botocore describes every service of its cloud; the blob store speaks to one, and signs in through another.
_CLOUD_SERVICES = {"s3", "sts"}


def main(environment: Path) -> None:
    """Remove it all, and say how much it was."""
    removed = 0
    for packages in environment.glob("lib/python*/site-packages"):
        for path in [*packages.rglob("tests"), *packages.rglob("*.pyi"), *_other_services(packages)]:
            removed += _remove(path)
    print(f"slim: {removed / 1e6:.0f} MB taken out")  # noqa: T201  a build step talks to the person who builds


def _other_services(packages: Path) -> list[Path]:
    data = packages / "botocore" / "data"
    return [path for path in data.glob("*/") if path.is_dir() and path.name not in _CLOUD_SERVICES]


def _remove(path: Path) -> int:
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        shutil.rmtree(path)
        return size
    if not path.exists():  # went with its folder
        return 0
    size = path.stat().st_size
    path.unlink()
    return size


if __name__ == "__main__":
    main(Path(sys.argv[1]))
