"""Takes out of an environment what a service never runs.

python slim.py ENVIRONMENT SERVICE
"""

import shutil
import sys
from pathlib import Path

# botocore describes every service of its cloud; the blob store speaks to one, and signs in through another.
_CLOUD_SERVICES = {"s3", "sts"}
# Tests, type stubs, headers and sources of extensions; numpy's bridge to Fortran; a decoder of a photo format that the
# door refuses; fonts; a fast reader of web sockets, for the client of the cloud opens none.
_NEVER = ("**/tests", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.c", "aiohttp/_websocket/*.so",
          "numpy/f2py", "numpy/_core/include", "numpy/_core/_simd.*",
          "numpy/_core/*_tests.*", "PIL/_avif.*", "pillow.libs/libavif-*",
          # Nothing here writes letters into pictures.
          "PIL/_imagingft.*", "pillow.libs/libfreetype-*", "pillow.libs/libharfbuzz-*", "pillow.libs/libbrotli*",
          # Of Arrow only its reader of Parquet files is used.
          "pyarrow/include", "pyarrow/src", "pyarrow/*flight*", "pyarrow/_substrait.*", "pyarrow/*s3*",
          "pyarrow/_pyarrow_cpp_tests.*", "pyarrow/_gcsfs.*", "pyarrow/_azurefs.*", "pyarrow/_hdfs.*")  # fmt: skip
# The prompt of Celery's command line, which only workers and Flower start.
_PROMPT = ("prompt_toolkit", "wcwidth", "click_repl")
_BESIDES = {"gateway": _PROMPT}


def main(environment: Path, service: str) -> None:
    """Remove it all, and say how much it was."""
    removed = 0
    for packages in environment.glob("lib/python*/site-packages"):
        for pattern in (*_NEVER, *_BESIDES.get(service, ())):
            removed += sum(_remove(path) for path in sorted(packages.glob(pattern)))
        clouds = (path for path in packages.glob("botocore/data/*/") if path.name not in _CLOUD_SERVICES)
        removed += sum(_remove(path) for path in clouds if path.is_dir())
    print(f"slim: {removed / 1e6:.0f} MB taken out")  # noqa: T201  a build step talks to the person who builds


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
    main(Path(sys.argv[1]), sys.argv[2])
