"""Events of a job: what a client that listens is told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from shared.contracts import JobState, Stage, StageState
from shared.contracts.base import Contract


class EventKind(StrEnum):
    """Whether the job as a whole moved, or one of its stages."""

    JOB = "job"
    STAGE = "stage"


class Event(Contract):
    """One step of a job.

    Attributes:
        id: Position in the job's stream; a client resumes after it.
        kind: What moved.
        at: When, UTC.
        state: The new state of the job or stage.
        stage: For stage events: which.
        attempt: For a stage that starts: the how-manieth time.
        seconds: For a stage that ended well: how long it worked.
    """

    id: str
    kind: EventKind
    at: datetime
    state: JobState | StageState
    stage: Stage | None = None
    attempt: int | None = None
    seconds: float | None = None

    @classmethod
    def from_stream(cls, event_id: str, fields: Mapping[str, str]) -> "Event":
        """Read one entry of the stream."""
        kind = EventKind(fields["kind"])
        state = JobState(fields["state"]) if kind is EventKind.JOB else StageState(fields["state"])
        return cls(
            id=event_id,
            kind=kind,
            at=datetime.fromtimestamp(float(fields["at"]), UTC),
            state=state,
            stage=Stage(fields["stage"]) if "stage" in fields else None,
            attempt=int(fields["attempt"]) if "attempt" in fields else None,
            seconds=float(fields["seconds"]) if "seconds" in fields else None,
        )
