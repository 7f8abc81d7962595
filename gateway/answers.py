"""What this API answers, as models: the description of the API is made of these."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts import Job, JobState
from shared.records.hooks import Attempt, DeliveryState, HookEvent
from shared.records.imports import Import


class Answer(BaseModel):
    """Built by us and only ever written."""

    model_config = ConfigDict(extra="allow")


class QueuePlace(Answer):
    """Where a job is among those that have not ended.

    Attributes:
        position: How many were created before it.
        estimate_seconds: Until it ends, by what stages took lately; nothing where none has run lately.
    """

    position: int = Field(ge=0)
    estimate_seconds: float | None = None


class JobView(Job):
    """A job, with links; capture advice carries its sentence."""

    queue: QueuePlace | None = None
    links: dict[str, str]


class JobLine(Answer):
    """A job in a list: no results, times in UTC."""

    id: str
    state: JobState
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    expires: datetime
    from_job: str | None = None
    links: dict[str, str]


class JobPage(Answer):
    """A page of jobs, newest first, and the address of the next."""

    jobs: list[JobLine]
    next: str | None = None


class WebhookView(Answer):
    """A webhook.

    Attributes:
        id: What the option `webhook` of a job names.
        url: Where messages go.
        events: Which are told.
        created: When, UTC.
        disabled: Why nothing is sent any more, where that is so.
        links: Itself, its deliveries, and what may be done with it.
    """

    id: str
    url: str
    events: list[HookEvent]
    created: datetime
    disabled: str | None = None
    links: dict[str, str]


class NewWebhook(WebhookView):
    """A webhook with its signing secret, which is told this once.

    Attributes:
        secret: In the form of Standard Webhooks.
    """

    secret: str


class Webhooks(Answer):
    """All webhooks, oldest first."""

    webhooks: list[WebhookView]


class DeliveryView(Answer):
    """A message to a webhook and what became of it.

    Attributes:
        id: The `webhook-id` that the receiver sees.
        event: What happened.
        job: To which job.
        at: When, UTC.
        state: `pending`, `delivered`, `failed` or `dropped`.
        attempts: Each attempt: when, the receiver's status (0: none) and the problem.
        links: Where to send it once more.
    """

    id: str
    event: HookEvent
    job: str | None = None
    at: datetime
    state: DeliveryState
    attempts: list[Attempt]
    links: dict[str, str]


class Deliveries(Answer):
    """A page of messages, newest first, and the address of the next."""

    deliveries: list[DeliveryView]
    next: str | None = None


class ImportView(Import):
    """An import of a catalogue, with links."""

    links: dict[str, str]


class ImportList(Answer):
    """Your imports, newest first."""

    imports: list[ImportView]


class CatalogueView(Answer):
    """A catalogue.

    Attributes:
        name: What the option `catalogue` of a job names.
        version: The version in force.
        versions: All versions that are kept, the one in force first.
        frames: How many frames the version in force has.
        links: Its frames, and what may be done with it.
    """

    name: str
    version: str
    versions: list[str]
    frames: int
    links: dict[str, str]


class CatalogueList(Answer):
    """All catalogues, and the one that is searched when a job names none."""

    default: str
    catalogues: list[CatalogueView]


class FrameView(Answer):
    """A frame of a catalogue.

    Attributes:
        id: Unique in its catalogue.
        name: What a shopper reads.
        gender: `female`, `male` or `unisex`.
        details: Shape, rim, material, colours, sizes, price and whatever else the catalogue tells.
        image_url: The shop's own picture, where there is one.
        links: Its picture and its like.
    """

    id: str
    name: str
    gender: str
    details: dict[str, Any]
    image_url: str | None = None
    links: dict[str, str]


class FramePage(Answer):
    """A page of frames, in order of id.

    Attributes:
        catalogue: Its name.
        catalogue_version: Content hash of its snapshot.
        total: How many frames the filters leave.
        facets: By facet and value, how many of these.
        frames: This page.
        next: The next page, where there is one.
    """

    catalogue: str
    catalogue_version: str
    total: int
    facets: dict[str, dict[str, int]]
    frames: list[FrameView]
    next: str | None = None


class SimilarFrame(FrameView):
    """A frame, and how like it is: 1 is the same to the search."""

    similarity: float = Field(ge=-1.001, le=1.001)


class SimilarFrames(Answer):
    """Frames like one, best first; of the same gender, other colours of the same model left out."""

    catalogue: str
    catalogue_version: str
    frames: list[SimilarFrame]


class StrategyView(Answer):
    """A way to score frames."""

    name: str
    looks_at: str


class Strategies(Answer):
    """The ways to score frames, and the one taken when none is named."""

    default: str
    strategies: list[StrategyView]


class Attributes(Answer):
    """What may be stated of a face, and what a frame may be asked to be.

    Attributes:
        face: Legal values by attribute; `race` takes any word; every attribute may be `unknown`.
        face_shapes: Names of the distribution `faceshape`.
        shape_features: The 31 names of a wish's shape numbers, in order.
        color_features: The 15 names of its colour numbers, in order.
        filters: Legal values of the filters that have some.
        languages: Of reasons and advice.
    """

    face: dict[str, list[str]]
    face_shapes: list[str]
    shape_features: list[str]
    color_features: list[str]
    filters: dict[str, list[str]]
    languages: list[str]


class Rules(Answer):
    """The rule set in force.

    Attributes:
        version: Of every result it shaped, as its provenance says.
        rules: As their files say them, in the order they are applied.
    """

    version: str
    rules: list[dict[str, Any]]


class Home(Answer):
    """Where everything begins."""

    name: str
    version: str
    links: dict[str, str]


class Health(Answer):
    """Whether it is well, and what was asked to know."""

    status: str
