"""Takes a job in: what the operator and the client's own things allow, then photo, record and queue."""

import contextlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime

import redis

from gateway.access import caller
from gateway.door import Door
from gateway.rerun import changed_face, changed_options
from gateway.uploads import Order
from shared.blobs import photo_names
from shared.catalogues import snapshot
from shared.contracts import Face, JobOptions, Stage
from shared.errors import (
    AddressSilentError,
    CatalogueNotInstalledError,
    ConsentMissingError,
    ExpertGlassesError,
    InvalidOptionError,
    JobGoneError,
    PhotoUrlOffError,
    QueueFullError,
    TooManyStreamsError,
    WebhookNotFoundError,
)
from shared.photos import inspect
from shared.records import Origin
from shared.stripping import stripped

_FETCH_SECONDS = 10.0
_OK = 200


def take_in(door: Door, order: Order, place: str | None) -> str:
    """Make a job of an order; its id.

    Args:
        door: Where it goes.
        order: What to do.
        place: Where its idempotency key is remembered.

    Raises:
        QueueFullError: Too many jobs have not ended.
        ConsentMissingError: The operator asks for consent, and there is none.
        InvalidOptionError: The webhook or the catalogue is none of the caller's.
    """
    if door.records.count_active() >= door.config.max_queued_jobs:
        raise QueueFullError
    job_id = f"job_{secrets.token_hex(16)}"
    if order.from_job is None:
        _check(door, order.options)
        order = _fetched(door, order)
        face = {Stage.PERCEPTION: order.face} if order.face else {}
        origin = Origin(caller().tenant, photos=len(order.photos), consent=_now(order.options), once=place)
        _accept(door, job_id, order, face, origin)
    else:
        _again(door, job_id, order, place)
    return job_id


def _now(options: JobOptions) -> datetime | None:
    return datetime.now(UTC) if options.consent else None


def _check(door: Door, options: JobOptions) -> None:
    if door.config.consent_required and not options.consent:
        raise ConsentMissingError("Ask the person in the photo, then send the option `consent`: true.")
    if options.webhook is not None:
        try:
            door.hooks.read(caller().tenant, options.webhook)
        except WebhookNotFoundError:
            raise _unknown("webhook", "There is no such webhook.") from None
    if options.catalogue is not None:
        try:
            snapshot.current(door.config.data_dir, options.catalogue)
        except CatalogueNotInstalledError as error:
            raise _unknown("catalogue", error.detail) from None


def _unknown(name: str, reason: str) -> InvalidOptionError:
    return InvalidOptionError(f"{name}: {reason}", errors=[{"name": name, "reason": reason}])


def _fetched(door: Door, order: Order) -> Order:
    """The order with the photo that its address gave."""
    if order.photo_url is None:
        return order
    if not door.config.photo_url:
        raise PhotoUrlOffError
    # A slow address holds a thread as a listener does.
    if not door.places.acquire(blocking=False):
        raise TooManyStreamsError
    try:
        answer = door.outbound.get(
            order.photo_url, max_bytes=door.config.max_upload_bytes, seconds=_FETCH_SECONDS
        )
    finally:
        door.places.release()
    if answer.status != _OK:
        raise AddressSilentError(f"The address answered with status {answer.status}.")
    inspect(answer.body, max_pixels=door.config.max_photo_pixels, min_side=door.config.min_photo_side)
    return replace(order, photos=(answer.body,))


def _again(door: Door, job_id: str, order: Order, place: str | None) -> None:
    """Make a job from another: the photo stays where it is, the face goes along."""
    parent = door.read(order.from_job or "")
    face, options = changed_face(parent, order), changed_options(parent, order)
    _check(door, options)
    origin = Origin.of(parent, caller().tenant, door.records.photo_job(parent.id), place)
    _accept(door, job_id, Order(options), {Stage.PERCEPTION: face}, origin)
    if door.records.owner(parent.id) is None:  # deleted this very moment: so must be what was made from it
        _forget(door, job_id)
        raise JobGoneError


def _accept(door: Door, job_id: str, order: Order, given: dict[Stage, Face], origin: Origin) -> None:
    """Photos, record, queue: in this order, so that whoever sees a job finds all of it; on failure, nothing."""
    try:
        with door.blobs() as blobs:
            for name, photo in zip(photo_names(len(order.photos)), order.photos, strict=True):
                blobs.put(job_id, name, stripped(photo))
        door.records.create(job_id, order.options, given, origin)
        door.submit(job_id, Stage.EXPERT if given else Stage.PERCEPTION)
    except redis.TimeoutError:
        _forget(door, job_id, record=False)  # a broker that does not answer is not waited for twice
        raise
    except BaseException:
        _forget(door, job_id)
        raise


def _forget(door: Door, job_id: str, *, record: bool = True) -> None:
    """Remove what there is of a job; what cannot be reached now, the sweeper finds."""
    with contextlib.suppress(ExpertGlassesError), door.blobs() as blobs:
        blobs.delete(job_id)
    if record:
        with contextlib.suppress(ExpertGlassesError, redis.RedisError):
            door.records.delete(job_id, tombstone_seconds=1)


def erase(door: Door, job_id: str) -> None:
    """Remove every trace of one job."""
    # Blobs first: if the store fails, the job can still be found and deleted again.
    with door.blobs() as blobs:
        blobs.delete(job_id)
        door.records.delete(job_id, door.config.tombstone_seconds)
        blobs.delete(job_id)  # what a worker stored between the two
