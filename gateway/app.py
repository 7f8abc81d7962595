"""The Flask application of the gateway."""

from flask import Flask, Response

from gateway import (
    catalogues,
    cors,
    discovery,
    events,
    frames,
    health,
    images,
    imports,
    jobs,
    metrics,
    openapi,
    page,
    problems,
    tracing,
    webhooks,
    whynot,
)
from gateway.access import Access
from gateway.door import Door
from gateway.limits import Limiter
from shared.records.credentials import Credentials
from shared.settings import Settings, settings

_FORM_PARTS = 8
_PARTS = (
    *(page, openapi, jobs, images, events, whynot, frames, imports, catalogues, webhooks),
    *(discovery, health, metrics),
)


def create_app(config: Settings | None = None, *, heartbeat_seconds: float = 10.0) -> Flask:
    """Build the application.

    Args:
        config: The settings of this process when not given.
        heartbeat_seconds: Between two signs of life on a silent event stream.
    """
    config = config or settings()
    app = Flask("gateway", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=config.max_upload_bytes, MAX_FORM_PARTS=_FORM_PARTS)
    door = app.extensions["expertglasses"] = Door(config, heartbeat_seconds)
    problems.install(app)
    tracing.install(app, config)
    Access(config, Credentials(door.client), Limiter(config, door.client)).install(app)
    cors.install(app, config)
    for part in _PARTS:
        app.register_blueprint(part.routes)
    app.after_request(_private)
    return app


def _private(answer: Response) -> Response:
    """Nobody between us and the client keeps an answer, and no browser guesses what it is."""
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
