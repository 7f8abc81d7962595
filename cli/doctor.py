"""`expertglasses doctor`: what is wrong, in words."""

import sys
from collections.abc import Callable

import click

from shared.errors import ExpertGlassesError, NotInstalledError


@click.command()
def doctor() -> None:
    """Check models, rules, catalogue, blob store, broker and workers; say what to do about each fault."""
    broken = 0
    for name, check in _CHECKS.items():
        try:
            print(f"ok    {name}: {check()}")
        except ExpertGlassesError as error:
            broken += 1
            print(f"FAULT {name}: {error} [{error.code}]")
    sys.exit(1 if broken else 0)


def _models() -> str:
    from workers.perception import Perceiver

    return ", ".join(f"{name} {version}" for name, version in Perceiver().versions.items())


def _rules() -> str:
    from workers.expert import rules_in_force

    return f"version {rules_in_force().version}"


def _catalogue() -> str:
    from workers.search import open_catalogue

    catalogue = open_catalogue(None)
    return f"{catalogue.name}, {catalogue.size} frames, version {catalogue.version}"


def _blobs() -> str:
    from shared.blobs import BlobStore
    from shared.settings import settings

    store = BlobStore.from_settings(settings())
    try:
        store.put("doctor", "probe", b"ok")
        store.delete("doctor")
    except OSError as error:
        raise NotInstalledError(f"The blob store cannot be written: {error.strerror}.") from None
    return settings().blob_url or str(settings().data_dir / "blobs")


def _broker() -> str:
    import redis

    from shared.broker import connect
    from shared.contracts import STAGES
    from shared.errors import BrokerUnavailableError
    from shared.workers import living

    try:
        client = connect()
        client.ping()
        stages = {worker.stage for worker in living(client)}
    except redis.RedisError:
        raise BrokerUnavailableError(
            "No Redis answers at the `redis_url` setting; start one, or everything with `expertglasses up`."
        ) from None
    missing = [str(stage) for stage in STAGES if stage not in stages]
    if missing:
        raise BrokerUnavailableError(f"It answers, but no worker serves: {', '.join(missing)}.")
    return "answers, and each stage has a worker"


_CHECKS: dict[str, Callable[[], str]] = {
    "models": _models,
    "rules": _rules,
    "catalogue": _catalogue,
    "blob store": _blobs,
    "broker and workers": _broker,
}
