"""Every error a client, an operator or a rule author may meet.

An error is a class: its docstring is the title, `code` is stable for machines, `status` is the HTTP answer,
`retryable` says whether the same request may succeed later. `problem()` renders RFC 9457.
"""

from typing import Any, ClassVar


class ExpertGlassesError(Exception):
    """Something went wrong inside."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.extra = extra

    @classmethod
    def title(cls) -> str:
        """The first line of the class docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0].rstrip(".")

    def problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem: `type`, `title`, `status`, `code`, `retryable`, `detail`."""
        base = {
            "type": f"urn:expertglasses:error:{self.code}",
            "title": self.title(),
            "status": self.status,
            "code": self.code,
            "retryable": self.retryable,
        }
        return {**base, **({"detail": self.detail} if self.detail else {}), **self.extra}


# Requests ---------------------------------------------------------------------------------------------


class InvalidRequestError(ExpertGlassesError):
    """The request is not as the API describes it."""

    code, status = "invalid_request", 400


class InvalidOptionError(ExpertGlassesError):
    """An option has a value it may not have."""

    code, status = "invalid_option", 422


class NotFoundError(ExpertGlassesError):
    """There is nothing at this address."""

    code, status = "not_found", 404


class MethodNotAllowedError(ExpertGlassesError):
    """This address does not answer to this method."""

    code, status = "method_not_allowed", 405


class JobNotFoundError(NotFoundError):
    """There is no such job."""

    code = "job_not_found"


class JobGoneError(NotFoundError):
    """The job was deleted."""

    code, status = "job_gone", 410


class HostRefusedError(ExpertGlassesError):
    """This service does not answer under this name."""

    code, status = "host_refused", 421


class OriginRefusedError(ExpertGlassesError):
    """Pages of this origin may not use this service."""

    code, status = "origin_refused", 403


class KeyMissingError(ExpertGlassesError):
    """An access key is needed."""

    code, status = "key_missing", 401


class KeyWrongError(ExpertGlassesError):
    """The access key is not known, or no longer."""

    code, status = "key_wrong", 401


class ScopeMissingError(ExpertGlassesError):
    """The access key is not for this."""

    code, status = "scope_missing", 403


class KeyNotFoundError(NotFoundError):
    """There is no such access key."""

    code = "key_not_found"


class RateLimitedError(ExpertGlassesError):
    """Too many requests with this key."""

    code, status, retryable = "rate_limited", 429, True


class IdempotencyInFlightError(ExpertGlassesError):
    """A request with this idempotency key is still being answered."""

    code, status, retryable = "idempotency_in_flight", 409, True


class IdempotencyMismatchError(ExpertGlassesError):
    """This idempotency key was used for another request."""

    code, status = "idempotency_mismatch", 422


class ConsentMissingError(ExpertGlassesError):
    """The person in the photo has to agree first."""

    code, status = "consent_missing", 422


class PhotoUrlOffError(ExpertGlassesError):
    """This service fetches no photos; send the photo itself."""

    code, status = "photo_url_off", 403


class AddressRefusedError(ExpertGlassesError):
    """This service does not call that address."""

    code, status = "address_refused", 422


class AddressSilentError(ExpertGlassesError):
    """The address gave no usable answer."""

    code, status, retryable = "address_silent", 422, True


class WebhookNotFoundError(NotFoundError):
    """There is no such webhook."""

    code = "webhook_not_found"


class DeliveryNotFoundError(NotFoundError):
    """The webhook has no such delivery."""

    code = "delivery_not_found"


class ImportNotFoundError(NotFoundError):
    """There is no such import."""

    code = "import_not_found"


class CatalogueNotFoundError(NotFoundError):
    """There is no such catalogue, or no such version of it."""

    code = "catalogue_not_found"


class NothingToRollBackError(ExpertGlassesError):
    """No other version of the catalogue was in force before."""

    code, status = "nothing_to_roll_back", 409


class NotSearchedYetError(ExpertGlassesError):
    """The job has no wish to compare frames with."""

    code, status = "not_searched_yet", 409


class ImageNotFoundError(NotFoundError):
    """The job has no such image."""

    code = "image_not_found"


class JobFinishedError(ExpertGlassesError):
    """The job has already ended."""

    code, status = "job_finished", 409


class JobNotRetryableError(ExpertGlassesError):
    """Only a job that a fault of the service ended can be retried, and once."""

    code, status = "job_not_retryable", 409


class NoFaceYetError(ExpertGlassesError):
    """The job has no face to go on from."""

    code, status = "no_face_yet", 409


class FrameNotFoundError(NotFoundError):
    """The catalogue has no such frame."""

    code = "frame_not_found"


class PayloadTooLargeError(ExpertGlassesError):
    """The upload is larger than this service accepts."""

    code, status = "payload_too_large", 413


class UnsupportedMediaError(ExpertGlassesError):
    """Only JPEG, PNG and WebP photos are accepted."""

    code, status = "unsupported_media", 415


class QueueFullError(ExpertGlassesError):
    """Too many jobs are waiting."""

    code, status, retryable = "queue_full", 503, True


class UnsupportedBodyError(ExpertGlassesError):
    """The request's body has a media type that this address does not accept."""

    code, status = "unsupported_body", 415


class TooManyStreamsError(ExpertGlassesError):
    """Too many clients are listening to events."""

    code, status, retryable = "too_many_streams", 503, True


# Photos -----------------------------------------------------------------------------------------------


class PhotoError(ExpertGlassesError):
    """The photo cannot be used."""

    code, status = "photo_unusable", 422


class PhotoUnreadableError(PhotoError):
    """The photo is damaged."""

    code = "photo_unreadable"


class PhotoAnimatedError(PhotoError):
    """The photo is an animation."""

    code = "photo_animated"


class PhotoTooManyPixelsError(PhotoError):
    """The photo has more pixels than this service accepts."""

    code = "photo_too_many_pixels"


class PhotoTooFewPixelsError(PhotoError):
    """The photo is too small to hold a face."""

    code = "photo_too_few_pixels"


class NoFaceError(PhotoError):
    """No face was found in the photo."""

    code = "no_face"


class FaceTooSmallError(PhotoError):
    """The face is too small in the photo."""

    code = "too_small"


class FaceTurnedError(PhotoError):
    """The face is turned too far away."""

    code = "turned"


class FaceTooDarkError(PhotoError):
    """The face is too dark."""

    code = "too_dark"


class FaceTooBrightError(PhotoError):
    """The face is too bright."""

    code = "too_bright"


class FaceBlurredError(PhotoError):
    """The face is blurred."""

    code = "blurred"


class FaceCoveredError(PhotoError):
    """The face is covered."""

    code = "covered"


# Stages -----------------------------------------------------------------------------------------------


class DeadlineExceededError(ExpertGlassesError):
    """The job did not end before its deadline."""

    code, status, retryable = "deadline_exceeded", 504, True


class StageCrashedError(ExpertGlassesError):
    """A worker died on this job again and again."""

    code = "stage_crashed"


class StageTimedOutError(ExpertGlassesError):
    """A stage took too long."""

    code, status, retryable = "stage_timed_out", 504, True


class BlobMissingError(ExpertGlassesError):
    """A stored image is missing."""

    code = "blob_missing"


# Things an operator installs --------------------------------------------------------------------------


class NotInstalledError(ExpertGlassesError):
    """Something this needs is not installed."""

    code, status = "not_installed", 503


class ModelNotInstalledError(NotInstalledError):
    """A model is not installed."""

    code = "model_not_installed"


class ModelDamagedError(NotInstalledError):
    """A model's file is not the one its manifest names."""

    code = "model_damaged"


class CatalogueNotInstalledError(NotInstalledError):
    """The catalogue is not installed."""

    code = "catalogue_not_installed"


class CatalogueDamagedError(NotInstalledError):
    """The catalogue's snapshot is damaged."""

    code = "catalogue_damaged"


class CatalogueInvalidError(ExpertGlassesError):
    """The catalogue cannot be imported."""

    code, status = "catalogue_invalid", 422


class FrameInvalidError(ExpertGlassesError):
    """No such frame can be made."""

    code, status = "frame_invalid", 422


class CatalogueEmptyError(ExpertGlassesError):
    """The catalogue has no frame for this request."""

    code, status = "catalogue_empty", 422


class RulesInvalidError(ExpertGlassesError):
    """The rule files are not valid."""

    code = "rules_invalid"


class SettingsInvalidError(ExpertGlassesError):
    """A setting is not valid."""

    code = "settings_invalid"


class StoreUnavailableError(ExpertGlassesError):
    """The photo store cannot be reached or is full."""

    code, status, retryable = "store_unavailable", 503, True


class BrokerUnavailableError(ExpertGlassesError):
    """The job queue cannot be reached."""

    code, status, retryable = "broker_unavailable", 503, True


class RulesUnknownError(ExpertGlassesError):
    """No expert has said yet which rules are in force."""

    code, status, retryable = "rules_unknown", 503, True


class NotReadyError(ExpertGlassesError):
    """The service cannot finish jobs at the moment."""

    code, status, retryable = "not_ready", 503, True


def all_errors() -> dict[str, type[ExpertGlassesError]]:
    """Every error class by its code."""
    found: dict[str, type[ExpertGlassesError]] = {}
    waiting = [ExpertGlassesError]
    while waiting:
        error = waiting.pop()
        found[error.code] = error
        waiting.extend(error.__subclasses__())
    return found
