"""Imports of catalogues: what was asked, how far it is, and its report. Their files lie in the blob store.

A tenant uploads a table (`table`) and perhaps pictures (`images.zip`); a worker on the queue `catalogue` takes
the task `catalogue.import` with the import's id and moves the record along.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import redis
from pydantic import Field

from shared.contracts import JobState
from shared.contracts.base import Contract
from shared.errors import ExpertGlassesError, ImportNotFoundError
from shared.records import keys

TASK, QUEUE = "catalogue.import", "catalogue"
TABLE, IMAGES = "table", "images.zip"
KEPT_SECONDS = 7 * 24 * 3600


class Order(Contract):
    """What is imported, and how.

    Attributes:
        name: The catalogue.
        mapping: Column of the table by field of a frame, where the names alone do not tell.
        fetch_images: Fetch the pictures from the table's own https addresses, when none come along.
        validate_only: Look at every row and report; nothing is put in force.
        activate: Put the new version in force when it is whole.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    mapping: dict[str, str] = Field(default_factory=dict, max_length=100)
    fetch_images: bool = False
    validate_only: bool = False
    activate: bool = True


class Import(Contract):
    """An import as clients read it.

    Attributes:
        id: Its id.
        order: What was asked.
        format: Of the table: `csv` or `parquet`.
        state: As of a job; it is never `expired`.
        created: When, UTC; likewise `started` and `finished`.
        done: Rows looked at so far.
        total: Rows of the table, once known.
        report: What came of it: `accepted`, `rejected`, `problems` (a reason for each rejected row), `columns`, `version`.
            each, as `docs/06-catalogues.md` tells.
        error: The problem, where it failed.
    """

    id: str
    order: Order
    format: str
    state: JobState
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    done: int = 0
    total: int | None = None
    report: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class Imports:
    """The imports of one service.

    Args:
        client: Must decode responses. Its errors (`redis.RedisError`) pass through.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    @staticmethod
    def new_id() -> str:
        """Unguessable and new."""
        return f"imp_{secrets.token_hex(16)}"

    def create(self, import_id: str, owner: str, order: Order, format_: str) -> Import:
        """Open a record in state `queued`."""
        made = Import(
            id=import_id, order=order, format=format_, state=JobState.QUEUED, created=datetime.now(UTC)
        )
        mine = keys.imports_of(owner)
        pipe = self._redis.pipeline()
        pipe.hset(keys.import_(import_id), mapping={"owner": owner, "json": made.model_dump_json()})
        pipe.expire(keys.import_(import_id), KEPT_SECONDS)
        pipe.zadd(mine, {import_id: made.created.timestamp()})
        pipe.zremrangebyscore(mine, 0, made.created.timestamp() - KEPT_SECONDS)
        pipe.expire(mine, KEPT_SECONDS)
        # The sweeper drops its files when its time is over, as those of a job.
        pipe.zadd(keys.EXPIRY, {import_id: made.created.timestamp() + KEPT_SECONDS})
        pipe.execute()
        return made

    def read(self, import_id: str, owner: str | None = None) -> Import:
        """An import; another's is not found, anybody's when no owner is given.

        Raises:
            ImportNotFoundError: There is no such import.
        """
        fields = cast("dict[str, str]", self._redis.hgetall(keys.import_(import_id)))
        if not fields or owner not in {None, fields["owner"]}:
            raise ImportNotFoundError
        found = Import.model_validate_json(fields["json"])
        done, total = int(fields.get("done", 0)), fields.get("total")
        return found.model_copy(update={"done": done, "total": int(total) if total else None})

    def all(self, owner: str, limit: int) -> list[Import]:
        """A tenant's imports, newest first."""
        ids = cast("list[str]", self._redis.zrevrange(keys.imports_of(owner), 0, limit - 1))
        found = []
        for import_id in ids:
            try:
                found.append(self.read(import_id, owner))
            except ImportNotFoundError:
                continue
        return found

    def remove(self, import_id: str, owner: str) -> None:
        """Forget an import."""
        self._redis.delete(keys.import_(import_id))
        self._redis.zrem(keys.imports_of(owner), import_id)
        self._redis.zrem(keys.EXPIRY, import_id)

    # The worker's side -------------------------------------------------------------------------------

    def begin(self, import_id: str) -> Import:
        """The import, now running.

        Raises:
            ImportNotFoundError: It was removed meanwhile.
        """
        return self._change(import_id, {"state": JobState.RUNNING, "started": datetime.now(UTC)})

    def progress(self, import_id: str, done: int, total: int | None = None) -> None:
        """Say how far it is."""
        key = keys.import_(import_id)
        if self._redis.exists(key):
            self._redis.hset(key, mapping={"done": done, **({"total": total} if total is not None else {})})
            self._redis.expire(key, KEPT_SECONDS)

    def finish(self, import_id: str, report: Mapping[str, Any]) -> None:
        """It is done; `report` is what JSON can say.

        Raises:
            ImportNotFoundError: It was removed meanwhile.
        """
        self._end(import_id, {"state": JobState.SUCCEEDED, "report": dict(report)})

    def fail(
        self, import_id: str, error: ExpertGlassesError, report: Mapping[str, Any] | None = None
    ) -> None:
        """It cannot be done.

        Raises:
            ImportNotFoundError: It was removed meanwhile.
        """
        told = {"error": error.problem(), "report": dict(report) if report is not None else None}
        self._end(import_id, {"state": JobState.FAILED, **told})

    def _end(self, import_id: str, changes: Mapping[str, Any]) -> None:
        self._change(import_id, {**changes, "finished": datetime.now(UTC)})

    def _change(self, import_id: str, changes: Mapping[str, Any]) -> Import:
        changed = self.read(import_id).model_copy(update=dict(changes))
        self._redis.hset(keys.import_(import_id), "json", changed.model_dump_json())
        self._redis.expire(keys.import_(import_id), KEPT_SECONDS)
        return changed
