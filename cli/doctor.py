"""`expertglasses doctor`: what is wrong, in words, and what to do about it."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from shared.errors import (
    BrokerUnavailableError,
    ExpertGlassesError,
    NotReadyError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    import redis

_FULL = 0.8  # of its memory: from there on Redis needs attention
_OLD_SECONDS = 30.0


@click.command()
def doctor() -> None:
    """Check settings, models, rules, catalogue, blob store, broker, queues and workers; say what to do.

    Rooms that are not installed here, as in an image, are passed over: their workers tell what they lack.
    """
    broken = 0
    for name, (room, check) in _CHECKS.items():
        if room and not _here(room):
            continue
        try:
            print(f"ok    {name}: {check()}")
        except ExpertGlassesError as error:
            broken += 1
            print(f"FAULT {name}: {error} [{error.code}]")
    sys.exit(1 if broken else 0)


def _here(room: str) -> bool:
    try:
        return find_spec(room) is not None
    except ModuleNotFoundError:
        return False


def _settings() -> str:
    from shared.settings import settings

    config = settings()
    return f"valid; data in {config.data_dir}"


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

    store, where = (
        BlobStore.from_settings(settings()),
        settings().blob_url or str(settings().data_dir / "blobs"),
    )
    try:
        store.put("doctor", "probe", b"ok")
        whole = store.get("doctor", "probe") == b"ok"
        store.delete("doctor")
    except OSError as error:
        raise StoreUnavailableError(
            f"Nothing can be written to {where}: {error.strerror or error}. Free space, or mend the `blob_url` "
            "and `blob_options` settings; jobs are refused with 503 meanwhile."
        ) from None
    if not whole:
        raise StoreUnavailableError(f"{where} does not give back what was written to it.")
    return f"{where} can be written and read"


# Redis and what it knows --------------------------------------------------------------------------------


def _client() -> "redis.Redis":
    """A Redis that answers.

    Raises:
        BrokerUnavailableError: None does, or it does not let us in.
    """
    import redis

    from shared.broker import connect

    client = connect()
    try:
        client.ping()
    except redis.AuthenticationError:
        raise BrokerUnavailableError(
            "Redis refuses the user or password of the `redis_url` setting; `deploy/secrets` holds both sides of it."
        ) from None
    except redis.RedisError:
        raise BrokerUnavailableError(
            "No Redis answers at the `redis_url` setting; start one, or everything with `expertglasses up`."
        ) from None
    return client


def _broker() -> str:
    told: dict[str, Any] = _client().info()
    wrong = list(_wrong_with_redis(told))
    if wrong:
        raise BrokerUnavailableError(" ".join(wrong))
    return f"version {told['redis_version']}, {told['used_memory'] / 1e6:.0f} MB in use"


def _wrong_with_redis(told: dict[str, Any]) -> list[str]:
    """A sentence for each thing that will lose jobs sooner or later."""
    wrong = []
    if told.get("maxmemory") and told["used_memory"] > _FULL * told["maxmemory"]:
        wrong.append(
            f"It is {told['used_memory'] / told['maxmemory']:.0%} full; see docs/operations/alerts/RedisFilling.md."
        )
    if told.get("maxmemory_policy", "noeviction") != "noeviction":
        wrong.append(
            f"It evicts keys ({told['maxmemory_policy']}) and so loses jobs; set `maxmemory-policy noeviction`."
        )
    if not told.get("aof_enabled", 1):
        wrong.append("Its append-only file is off, so a restart loses every job; set `appendonly yes`.")
    if told.get("aof_enabled") and told.get("aof_last_write_status", "ok") != "ok":
        wrong.append("It cannot write its append-only file; look at its disk.")
    return wrong


def _workers() -> str:
    from shared.contracts import STAGES
    from shared.workers import living

    found = living(_client())
    wrong = []
    for stage in STAGES:
        mine = [worker for worker in found if worker.stage == stage]
        if not mine:
            wrong.append(f"No worker serves {stage}; start one (`python -m workers {stage}`), its jobs wait.")
        elif not any(worker.ready for worker in mine):
            problem = next((worker.problem for worker in mine if worker.problem), "it still loads")
            wrong.append(f"No worker of {stage} can work: {problem}")
    wrong += _versions_that_differ(found)
    if wrong:
        raise NotReadyError(" ".join(wrong))
    return ", ".join(f"{sum(worker.stage == stage for worker in found)} × {stage}" for stage in STAGES)


def _versions_that_differ(found: list[Any]) -> list[str]:
    """Two workers of one stage with different models answer differently, by chance."""
    seen: dict[tuple[str, str], set[str]] = {}
    for worker in found:
        for name, version in worker.versions.items():
            seen.setdefault((worker.stage, name), set()).add(version)
    return [
        f"Workers of {stage} have different versions of {name} ({', '.join(sorted(versions))}); restart them."
        for (stage, name), versions in seen.items()
        if len(versions) > 1
    ]


def _queues() -> str:
    from shared.contracts import STAGES
    from shared.records import Records

    records = Records(_client())
    waiting = {stage: records.redis.llen(stage) for stage in STAGES}
    oldest = next(iter(records.active()), None)
    fields = records.fields(oldest) if oldest else {}
    age = records.now() - float(fields["created"]) if fields else 0.0
    told = f"{records.count_active()} jobs under way, " + ", ".join(
        f"{n} at {stage}" for stage, n in waiting.items()
    )
    if age > _OLD_SECONDS:
        longest = max(waiting, key=lambda stage: waiting[stage])
        raise NotReadyError(
            f"{told}. The oldest is {age:.0f} s old; more workers of {longest} would help "
            f"(`docker compose up --scale {longest}=N`)."
        )
    return told


def _dead_letters() -> str:
    from shared.ledger import entries

    codes = [entry.code for entry in entries(_client()) if entry.dead]
    if codes:
        kinds = ", ".join(f"{codes.count(code)} × {code}" for code in sorted(set(codes)))
        raise NotReadyError(
            f"{len(codes)} jobs were ended by a fault of ours ({kinds}); look with `expertglasses jobs list --dead`, "
            "mend the cause, then `expertglasses jobs retry --dead`."
        )
    return "none"


# Each check: the room it needs, empty when it needs none.
_CHECKS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("", _settings),
    "models": ("workers.perception", _models),
    "rules": ("workers.expert", _rules),
    "catalogue": ("workers.search", _catalogue),
    "blob store": ("", _blobs),
    "broker": ("", _broker),
    "workers": ("", _workers),
    "queues": ("", _queues),
    "dead letters": ("", _dead_letters),
}
