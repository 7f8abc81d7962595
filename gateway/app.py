"""The Flask application of the gateway."""

from flask import Flask, Response

from gateway import (
    discovery,
    events,
    frames,
    health,
    images,
    jobs,
    metrics,
    openapi,
    page,
    problems,
    tracing,
)
from gateway.door import Door
from shared.settings import Settings, settings

_FORM_PARTS = 8


def create_app(config: Settings | None = None, *, heartbeat_seconds: float = 10.0) -> Flask:
    """Build the application.

    Args:
        config: The settings of this process when not given.
        heartbeat_seconds: Between two signs of life on a silent event stream.
    """
    config = config or settings()
    app = Flask("gateway", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=config.max_upload_bytes, MAX_FORM_PARTS=_FORM_PARTS)
    app.extensions["expertglasses"] = Door(config, heartbeat_seconds)
    problems.install(app)
    tracing.install(app, config)
    for part in (page, openapi, jobs, images, events, frames, discovery, health, metrics):
        app.register_blueprint(part.routes)
    app.after_request(_private)
    return app


def _private(answer: Response) -> Response:
    """Nobody between us and the client keeps an answer, and no browser guesses what it is."""
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
