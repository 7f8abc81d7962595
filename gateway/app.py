"""The Flask application."""

from flask import Flask, Response

from gateway import events, health, jobs, openapi, problems
from gateway.context import Context
from shared.settings import Settings, settings

_FORM_OVERHEAD = 64 * 1024  # boundaries and options beside the photo


def create_app(config: Settings | None = None) -> Flask:
    """Build the application for one process."""
    config = config or settings()
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_bytes + _FORM_OVERHEAD
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_OVERHEAD
    app.extensions["expertglasses"] = Context.from_settings(config)
    for module in (openapi, health, jobs, events):
        app.register_blueprint(module.routes)
    problems.register(app)
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    """No answer is kept by anyone, none is guessed at."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
