"""`Records`: every question asked of the job record and every change made to it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, cast

import redis

from shared import __version__
from shared.contracts import STAGES, TERMINAL, Job, JobOptions, JobState, Stage, StageState
from shared.contracts.base import Contract
from shared.errors import ExpertGlassesError, JobFinishedError, JobGoneError, JobNotFoundError
from shared.records import keys
from shared.records.counts import Tally
from shared.records.events import Event
from shared.records.origin import LOCAL, Origin
from shared.records.view import OUTPUTS, job_from_hash

_LUA = Path(__file__).parent / "lua"
_WEEDED_AT_ONCE, _YOUNG_SECONDS = 4, 60.0
_INDEX_SECONDS = 8 * 24 * 3600  # an index outlives the longest retention, and is renewed with every job


class Verdict(StrEnum):
    """What `begin` answers a worker that wants to start a stage."""

    GO = "go"  # start working
    DONE = "done"  # the output is there: let the chain go on
    HELD = "held"  # another worker is at it
    ENDED = "ended"  # the job is over
    GONE = "gone"  # the job was deleted or has expired from the store
    LATE = "late"  # the deadline has passed
    POISON = "poison"  # it has started too often


class Begun(NamedTuple):
    """A verdict, the worker that holds the stage (for `held`), and the attempts so far."""

    verdict: Verdict
    holder: str
    attempts: int


class Records:
    """Job records in one Redis.

    Args:
        client: Must decode responses. Its errors (`redis.RedisError`) pass through.
    """

    def __init__(self, client: redis.Redis) -> None:
        self.redis = client
        prelude = (_LUA / "prelude.lua").read_text()
        self._scripts = {
            path.stem: client.register_script(prelude + path.read_text())
            for path in sorted(_LUA.glob("*.lua"))
            if path.stem != "prelude"
        }

    def _run(self, script: str, job_id: str, *arguments: str | float) -> Any:
        touched = [keys.job(job_id), keys.events(job_id), keys.ENDED]
        return self._scripts[script](keys=touched, args=list(arguments))

    # Life of a job -----------------------------------------------------------------------------------

    def create(
        self,
        job_id: str,
        options: JobOptions,
        given: Mapping[Stage, Contract] | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Open a record in state `queued`.

        Args:
            job_id: Unguessable and new.
            options: What the client chose.
            given: Outputs the client states itself; their stages are skipped.
            origin: Whose job it is and what it was made from; a local one from nothing when not given.
        """
        given, origin = given or {}, origin or Origin()
        retention = origin.kept_seconds(options)
        # Indexed first: a process that dies in between leaves an index entry the sweeper drops, not a lost job.
        pipe = self.redis.pipeline()
        now, mine = self.now(), keys.jobs_of(origin.owner)
        pipe.zadd(keys.ACTIVE, {job_id: now})
        pipe.zadd(keys.EXPIRY, {job_id: now + retention})
        pipe.zadd(mine, {job_id: now})
        pipe.zremrangebyscore(mine, 0, now - _INDEX_SECONDS)
        if origin.parent:
            pipe.sadd(keys.made_from(origin.parent), job_id)
            pipe.expire(keys.made_from(origin.parent), int(retention) + 1, gt=True)
            pipe.expire(keys.made_from(origin.parent), int(retention) + 1, nx=True)
        for index in (keys.ACTIVE, keys.EXPIRY, mine):
            pipe.expire(index, _INDEX_SECONDS)
        pipe.execute()
        self._weed(mine, now)
        fields = {f"{s}.state": str(StageState.SKIPPED if s in given else StageState.WAITING) for s in STAGES}
        fields |= {"id": job_id, **origin.fields(options)}
        fields |= {OUTPUTS[stage][0]: output.model_dump_json() for stage, output in given.items()}
        pairs = [text for pair in fields.items() for text in pair]
        deadline = min(float(options.deadline_seconds), retention)
        self._run("create", job_id, options.model_dump_json(), __version__, retention, deadline, *pairs)

    def _weed(self, index: str, now: float) -> None:
        """Drop those of a few entries, taken by chance, whose records are gone.

        Four looks a new job keep the dead below the living, without anybody to walk the whole index. An entry is there
        a moment before its record, so young ones are left alone.
        """
        sample = cast("list[str]", self.redis.zrandmember(index, _WEEDED_AT_ONCE))
        pipe = self.redis.pipeline(transaction=False)
        for job_id in sample:
            pipe.exists(keys.job(job_id))
            pipe.zscore(index, job_id)
        told = pipe.execute()
        facts = zip(sample, told[::2], told[1::2], strict=True)
        if dead := [
            job_id for job_id, there, since in facts if not there and (since or now) < now - _YOUNG_SECONDS
        ]:
            self.redis.zrem(index, *dead)

    def begin(self, job_id: str, stage: Stage, worker: str, cap: int, *, take: bool = False) -> Begun:
        """Ask to start `stage`; `take` takes it over from a holder known to be dead."""
        verdict, holder, attempts, *waited = self._run(
            "begin", job_id, stage, worker, cap, "take" if take else ""
        )
        if waited:
            self._count(lambda tally: tally.stage_began(stage, float(waited[0]), int(attempts)))
        return Begun(Verdict(verdict), holder, int(attempts))

    def finish(
        self, job_id: str, stage: Stage, output: Contract, seconds: float, images: Sequence[str] = ()
    ) -> str:
        """Write a stage's output once; the last stage ends the job.

        Returns:
            `written`, `kept` (another delivery was first), `ended` or `gone`.
        """
        field, _ = OUTPUTS[stage]
        last = "1" if stage is STAGES[-1] else "0"
        answer = self._run(
            "finish", job_id, stage, f"{seconds:.6f}", field, output.model_dump_json(), last, *images
        )
        if answer == "written":
            self._count(lambda tally: tally.stage_done(stage, seconds))
        if last == "1":
            self._close(job_id, JobState.SUCCEEDED, "", counted=answer == "written")
        return cast("str", answer)

    def end(
        self,
        job_id: str,
        state: JobState,
        error: ExpertGlassesError | None = None,
        stage: Stage | None = None,
    ) -> str:
        """End a job; a job that has ended stays as it is.

        Returns:
            `written`, `ended` or `gone`.
        """
        problem = json.dumps(error.problem(), ensure_ascii=False) if error else ""
        answer = self._run("end", job_id, state, problem, stage or "")
        self._close(job_id, state, error.code if error else "", counted=answer == "written")
        return cast("str", answer)

    def _close(self, job_id: str, state: JobState, code: str, *, counted: bool) -> None:
        """A job that has ended is no longer active; its end is counted by the one who wrote it."""
        pipe = self.redis.pipeline()
        pipe.zrem(keys.ACTIVE, job_id)
        pipe.hmget(keys.job(job_id), "created", "finished", "grace")
        created, finished, grace = pipe.execute()[1]
        if finished and grace:
            self.redis.zadd(keys.EXPIRY, {job_id: float(finished) + float(grace)}, xx=True)
        if counted and finished:
            seconds = float(finished) - float(created)
            self._count(lambda tally: tally.job_ended(state, code, seconds))

    def _count(self, what: Callable[[Tally], None]) -> None:
        pipe = self.redis.pipeline(transaction=False)
        what(Tally(pipe))
        pipe.execute()

    def cancel(self, job_id: str) -> None:
        """End a job as `cancelled`; a worker at it stops at its next check.

        Raises:
            JobNotFoundError: There is no such job.
            JobFinishedError: It has ended otherwise. A job that is already cancelled stays so without error.
        """
        answer = self.end(job_id, JobState.CANCELLED)
        if answer == "gone":
            raise self.missing(job_id)
        state = cast("str | None", self.redis.hget(keys.job(job_id), "state"))
        if answer == "ended" and state != JobState.CANCELLED:
            raise JobFinishedError(f"The job is {state}; only a queued or running job can be cancelled.")

    def delete(self, job_id: str, tombstone_seconds: int) -> None:
        """Remove every trace of a job but a tombstone, which says whose it was.

        Raises:
            JobNotFoundError: There is no such job.
        """
        owner = self.owner(job_id)
        if owner is None:
            raise self.missing(job_id)
        pipe = self.redis.pipeline()
        pipe.set(keys.tombstone(job_id), owner, ex=tombstone_seconds)
        pipe.delete(keys.job(job_id), keys.events(job_id), keys.made_from(job_id), *self._remembered(job_id))
        for index in (keys.ACTIVE, keys.EXPIRY, keys.jobs_of(owner)):
            pipe.zrem(index, job_id)
        pipe.execute()

    def _remembered(self, job_id: str) -> list[str]:
        """Where the idempotency key lies that the job was created with."""
        found = cast("str | None", self.redis.hget(keys.job(job_id), "once"))
        return [found] if found else []

    def family(self, job_id: str) -> list[str]:
        """The job and all that were made from it, itself last: what a deletion of it takes along."""
        made = cast("set[str]", self.redis.smembers(keys.made_from(job_id)))
        return [*(other for child in sorted(made) for other in self.family(child)), job_id]

    # Questions ---------------------------------------------------------------------------------------

    def now(self) -> float:
        """Redis' own clock, in seconds."""
        seconds, micros = cast("Sequence[int]", self.redis.time())
        return seconds + micros / 1e6

    def missing(self, job_id: str, owner: str | None = None) -> JobNotFoundError | JobGoneError:
        """The error for a job that is not there; that it was there once only its owner is told."""
        was = self.redis.get(keys.tombstone(job_id))
        return JobGoneError() if was is not None and owner in {None, was} else JobNotFoundError()

    def owner(self, job_id: str) -> str | None:
        """Whose job it is; `None` when there is no such job."""
        state, owner = cast("list[str | None]", self.redis.hmget(keys.job(job_id), "state", "owner"))
        return (owner or LOCAL) if state else None

    def fields(self, job_id: str) -> dict[str, str]:
        """The raw hash; empty when there is no such job."""
        return cast("dict[str, str]", self.redis.hgetall(keys.job(job_id)))

    def read(self, job_id: str, owner: str | None = None) -> Job:
        """The job as clients see it.

        Args:
            job_id: Its id.
            owner: Who asks; another's job is not found. Anybody's when not given.

        Raises:
            JobNotFoundError: There is no such job.
            JobGoneError: It was deleted a short while ago.
        """
        fields = self.fields(job_id)
        if not fields or owner not in {None, fields.get("owner", LOCAL)}:
            raise self.missing(job_id, owner)
        return job_from_hash(job_id, fields)

    def photo_job(self, job_id: str) -> str:
        """The job whose files hold its photo: itself, or the one it was made from."""
        return cast("str | None", self.redis.hget(keys.job(job_id), "photo_job")) or job_id

    def over(self, job_id: str) -> bool:
        """Whether a stage should stop: the job has ended or is gone."""
        state = self.redis.hget(keys.job(job_id), "state")
        return state is None or state in TERMINAL

    def active(self) -> list[str]:
        """Jobs that have not ended, oldest first."""
        return cast("list[str]", self.redis.zrange(keys.ACTIVE, 0, -1))

    def count_active(self) -> int:
        """How many jobs have not ended."""
        return self.redis.zcard(keys.ACTIVE)

    def note(self, job_id: str, name: str, text: str) -> bool:
        """Write something beside the record of a job that is still there, once; whether it was us who wrote it."""
        return bool(self._run("note", job_id, name, text))

    def strand(self, job_id: str, stage: Stage, touched: str) -> bool:
        """Put a stage back to waiting if nothing has happened since `touched`."""
        stranded = bool(self._run("strand", job_id, stage, touched))
        if stranded:
            self._count(lambda tally: tally.stage_stranded(stage))
        return stranded

    # Events ------------------------------------------------------------------------------------------

    def events(self, job_id: str, after: str = "0") -> Iterator[Event]:
        """Events after `after`."""
        answer = self.redis.xread({keys.events(job_id): after})
        for _, entries in cast("list[tuple[str, list[tuple[str, dict[str, str]]]]]", answer or []):
            for event_id, fields in entries:
                yield Event.from_stream(event_id, fields)
