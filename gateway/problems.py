"""Every error leaves as `application/problem+json` (RFC 9457), without a trace of our insides."""

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from shared.errors import (
    ExpertGlassesError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    UnsupportedMediaError,
)
from shared.telemetry import logger

log = logger(__name__)

_BY_STATUS: dict[int, type[ExpertGlassesError]] = {
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: PayloadTooLargeError,
    415: UnsupportedMediaError,
}
_RETRY_SECONDS = "2"


def answer(error: ExpertGlassesError) -> Response:
    """An error as a response."""
    response = Response(
        json.dumps(error.problem(), ensure_ascii=False), error.status, mimetype="application/problem+json"
    )
    if error.retryable:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def register(app: Flask) -> None:
    """Answer every kind of error in the one shape."""

    def known(error: ExpertGlassesError) -> Response:
        return answer(error)

    def http(error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.code or 500, InvalidRequestError if (error.code or 500) < 500 else None)  # noqa: PLR2004
        response = answer((kind or ExpertGlassesError)())
        if error.code == 405 and (allowed := getattr(error, "valid_methods", None)):  # noqa: PLR2004  HTTP
            response.headers["Allow"] = ", ".join(allowed)
        return response

    def unforeseen(error: Exception) -> Response:
        log.error("request_raised", exc_info=error)
        return answer(ExpertGlassesError())

    app.register_error_handler(ExpertGlassesError, known)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unforeseen)
