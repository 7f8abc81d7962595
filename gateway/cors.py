"""Pages of other origins: those on the operator's list may use this API, and read its answers."""

from flask import Flask, Response, request

from shared.settings import Settings

_ASK = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer"
_TELL = (
    "ETag, Idempotency-Expires, Idempotency-Replayed, Location, Operation-Location, Preference-Applied, "
    "RateLimit, RateLimit-Policy, Retry-After"
)
_METHODS = "GET, POST, DELETE"
_AN_HOUR = "3600"


def install(app: Flask, config: Settings) -> None:
    """Answer preflights and mark answers for the origins of the list; without a list, nothing changes."""
    allowed = frozenset(config.cors_origins)
    if not allowed:
        return

    def tell(answer: Response) -> Response:
        answer.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin not in allowed:
            return answer
        answer.headers["Access-Control-Allow-Origin"] = str(origin)
        answer.headers["Access-Control-Expose-Headers"] = _TELL
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Methods"] = _METHODS
            answer.headers["Access-Control-Allow-Headers"] = _ASK
            answer.headers["Access-Control-Max-Age"] = _AN_HOUR
        return answer

    app.after_request(tell)
