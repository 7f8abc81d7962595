"""Where a job comes from: whose it is, the job it was made from, and where its photo lies."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shared.contracts import Job, JobOptions

LOCAL = "local"  # the owner of everything where no keys are asked for
GRACE_SECONDS = 60  # how long a job without retention waits, once ended, for its one reader


@dataclass(frozen=True, slots=True)
class Origin:
    """What a record is told of its job when it is opened.

    Attributes:
        owner: The tenant; nobody else finds the job.
        parent: The job it was made from: it goes when that goes, and no later.
        photo_job: The job whose files hold the photos; its own when not given.
        photos: How many there are.
        expires: Latest time it may live to, UTC; of the parent.
        consent: When the person in the photo agreed, as the client said.
        once: Where its idempotency key is remembered: that goes with the job.
    """

    owner: str = LOCAL
    parent: str | None = None
    photo_job: str | None = None
    photos: int = 0
    expires: datetime | None = None
    consent: datetime | None = None
    once: str | None = None

    @classmethod
    def of(cls, parent: Job, owner: str, photo_job: str, once: str | None = None) -> "Origin":
        """A job made from another: the photo was given once, so its time runs from then."""
        return cls(owner, parent.id, photo_job, parent.photos, parent.expires, parent.consent, once)

    def kept_seconds(self, options: JobOptions) -> float:
        """How long the record lives at most; without retention as long as the job may take, and the grace."""
        asked = float(options.retention_seconds or options.deadline_seconds + GRACE_SECONDS)
        if self.expires is None:
            return asked
        return max(1.0, min(asked, (self.expires - datetime.now(UTC)).total_seconds()))

    def fields(self, options: JobOptions) -> dict[str, str]:
        """What goes into the hash."""
        told = {"owner": self.owner, "parent": self.parent, "photo_job": self.photo_job}
        told |= {"once": self.once, "webhook": options.webhook, "photos": str(self.photos or "")}
        told["consent"] = str(self.consent.timestamp()) if self.consent else None
        told["grace"] = None if options.retention_seconds else str(GRACE_SECONDS)
        return {name: value for name, value in told.items() if value}
