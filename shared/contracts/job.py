"""A `Job`: what was asked, how far each stage is, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.contracts.base import Contract
from shared.contracts.face import Face
from shared.contracts.match import Design, Filters, Matches, Preferences, Strategy
from shared.contracts.wish import Explanation, Wish


class JobState(StrEnum):
    """The life of a job; the last four never change."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


TERMINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED})


class Stage(StrEnum):
    """The four stages in their order; each is also the name of its queue."""

    PERCEPTION = "perception"
    EXPERT = "expert"
    SEARCH = "search"
    GAN = "gan"


STAGES = tuple(Stage)


class StageState(StrEnum):
    """The life of a stage within a job."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class Generate(Contract):
    """What the generator is asked for: how many drawings, and a seed that repeats them."""

    count: int = Field(default=1, ge=0, le=8)
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1)


class JobOptions(Contract):
    """Everything a client may choose.

    Attributes:
        language: Of reasons and advice.
        strategy: How frames are scored.
        also: Further strategies, to compare: what each finds is told beside, in `matches.others`.
        limit: How many frames.
        catalogue: Which catalogue; the active one when not given.
        filters: What a frame must be to be shown.
        preferences: What the shopper likes, added to the wish.
        generate: What the generator is asked for.
        try_on: Whether the photo is kept for try-on; without, it goes once perception has looked at it.
        retention_seconds: How long photo and results are kept after creation, a minute to a week. 0 keeps nothing:
            the job goes with the first answer that tells its end, at the latest a minute after that end.
        deadline_seconds: After this the job is `expired` if it has not ended.
        webhook: Id of the webhook that is told when the job ends.
        consent: The person in the photo agreed to its use; the time is recorded with the job.
    """

    language: Literal["en", "ru"] = "en"
    strategy: Strategy = Strategy.BALANCED
    also: tuple[Strategy, ...] = Field(default=(), max_length=len(Strategy))
    limit: int = Field(default=6, ge=1, le=50)
    catalogue: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    filters: Filters = Filters()
    preferences: Preferences = Preferences()
    generate: Generate = Generate()
    try_on: bool = True
    retention_seconds: Literal[0] | Annotated[int, Field(ge=60, le=7 * 24 * 3600)] = 3600
    deadline_seconds: int = Field(default=300, ge=5, le=3600)
    webhook: str | None = Field(default=None, pattern=r"^wh_[0-9a-f]{24}$")
    consent: bool = False


class StageRecord(Contract):
    """How far one stage of a job is. Times are UTC; `seconds` is the work of the attempt that counted."""

    state: StageState = StageState.WAITING
    attempts: int = 0
    started: datetime | None = None
    finished: datetime | None = None
    seconds: float | None = None


class Provenance(Contract):
    """Versions of everything that shaped the result."""

    software: str
    models: dict[str, str] = Field(default_factory=dict)
    rules: str | None = None
    catalogue: str | None = None


class Job(Contract):
    """The job record as clients read it: partial results appear as stages finish.

    Attributes:
        from_job: The job it was made from, by other options or an edited face.
        photos: How many photos of the person were sent; none where the client stated the face.
        consent: When the person in the photo agreed, as the client said.
    """

    id: str
    from_job: str | None = None
    photos: int = 0
    consent: datetime | None = None
    state: JobState
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    expires: datetime
    options: JobOptions
    stages: dict[Stage, StageRecord]
    face: Face | None = None
    wish: Wish | None = None
    explanation: Explanation | None = None
    matches: Matches | None = None
    design: Design | None = None
    provenance: Provenance | None = None
    error: dict[str, Any] | None = None
    images: tuple[str, ...] = ()
