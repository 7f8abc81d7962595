"""Make the secrets of a deployment: `python tools/make_secrets.py [--folder deploy/secrets]`.

Writes one file a secret, for Docker Compose (`docker-compose.yml`) or a Kubernetes secret
(`kubectl create secret generic expertglasses --from-file=deploy/secrets`). What exists is left as it is, so
running it again changes nothing. Uses the standard library only.
"""

import argparse
import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "secrets"


def main() -> int:
    """Make what is missing and name it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they go")
    made = make(parser.parse_args().folder)
    print(f"made: {', '.join(made)}" if made else "all secrets are there")
    return 0


def make(folder: Path) -> list[str]:
    """Write the missing ones; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    # The folder keeps others on this machine out; the files are readable, for in a container another user reads them.
    folder.chmod(0o700)
    made = []
    for name, text in _SECRETS.items():
        file = folder / name
        if not file.exists():
            file.write_text(text(folder), encoding="utf-8")
            file.chmod(0o644)
            made.append(name)
    return made


def _word(_: Path) -> str:
    return secrets.token_urlsafe(24)


def _redis_url(folder: Path) -> str:
    return f"redis://expertglasses:{(folder / 'redis_password').read_text(encoding='utf-8')}@redis:6379/0"


def _s3_identities(_: Path) -> str:
    """Who may use the object store of the `s3` profile, in its own format."""
    key = {"accessKey": secrets.token_hex(8), "secretKey": secrets.token_urlsafe(24)}
    identity = {"name": "expertglasses", "credentials": [key], "actions": ["Admin"]}
    return json.dumps({"identities": [identity]})


def _blob_options(folder: Path) -> str:
    """The same identity as a client; another store: write its address and keys here. Unused for local files."""
    stored = json.loads((folder / "s3_identities").read_text(encoding="utf-8"))
    key = stored["identities"][0]["credentials"][0]
    options = {"endpoint_url": "http://s3:9000", "key": key["accessKey"], "secret": key["secretKey"]}
    return json.dumps(options)


# In this order: some are made of those before them.
_SECRETS: dict[str, Callable[[Path], str]] = {
    "redis_password": _word,
    "expertglasses_redis_url": _redis_url,
    "s3_identities": _s3_identities,
    "expertglasses_blob_options": _blob_options,
    "expertglasses_metrics_token": _word,
    "expertglasses_bootstrap_key": lambda _: secrets.token_urlsafe(32),
    "flower_auth": lambda folder: f"operator:{_word(folder)}",
    "grafana_password": _word,
}

if __name__ == "__main__":
    sys.exit(main())
