"""Every error as `application/problem+json` (RFC 9457), never as a traceback."""

import json

import redis
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from shared.errors import (
    BrokerUnavailableError,
    ExpertGlassesError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    UnsupportedBodyError,
)
from shared.telemetry import logger

log = logger(__name__)

_BY_STATUS: dict[int, type[ExpertGlassesError]] = {
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: PayloadTooLargeError,
    415: UnsupportedBodyError,
}
_RETRY_SECONDS = "1"
_REDIRECTS_END = 400
_UNAUTHORIZED = 401
_SERVER_ERRORS_BEGIN = 500


def respond(error: ExpertGlassesError) -> Response:
    """The answer that tells of an error; one that may pass says when to try again."""
    answer = Response(
        json.dumps(error.problem()), status=error.status, content_type="application/problem+json"
    )
    if error.retryable:
        answer.headers["Retry-After"] = str(error.extra.get("retry_after", _RETRY_SECONDS))
    if error.status == _UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="ExpertGlasses"'
    return answer


def _from_http(error: HTTPException) -> Response:
    code = error.code or _SERVER_ERRORS_BEGIN
    if code < _REDIRECTS_END:
        return Response(status=code, headers=error.get_headers())
    fallback = InvalidRequestError if code < _SERVER_ERRORS_BEGIN else ExpertGlassesError
    answer = respond(_BY_STATUS.get(code, fallback)())
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _from_redis(error: redis.RedisError) -> Response:
    log.warning("broker_unavailable", error=type(error).__name__)
    return respond(BrokerUnavailableError())


def _from_anything(error: Exception) -> Response:
    # The kind is enough to find it in the log; its text may hold what a client sent.
    log.error("request_crashed", error=type(error).__name__, exc_info=error)
    return respond(ExpertGlassesError())


def install(app: Flask) -> None:
    """Let `app` answer every error this way."""
    app.register_error_handler(ExpertGlassesError, respond)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(redis.RedisError, _from_redis)
    app.register_error_handler(Exception, _from_anything)
