"""A span around each request, when traces are switched on."""

from contextlib import ExitStack
from typing import cast

from flask import Flask, Response, g, request

from shared import tracing
from shared.settings import Settings


def install(app: Flask, config: Settings) -> None:
    """Trace the requests of `app`; without a collector in the settings, leave it as it is."""
    if not config.otlp_endpoint:
        return
    tracing.configure("gateway", config.otlp_endpoint)
    app.before_request(_begin)
    app.after_request(_note)
    app.teardown_request(_end)


def _begin() -> None:
    """Named after the route, not the address: that one holds ids."""
    route = request.url_rule.rule if request.url_rule else "unknown"
    carried = {name: request.headers[name] for name in tracing.HEADERS if name in request.headers}
    g.trace = ExitStack()
    method = request.method
    g.span = g.trace.enter_context(tracing.span(f"{method} {route}", carried, **{"http.route": route}))


def _note(answer: Response) -> Response:
    if g.get("span") is not None:
        g.span.set_attribute("http.response.status_code", answer.status_code)
    return answer


def _end(_error: BaseException | None) -> None:
    if "trace" in g:
        cast("ExitStack", g.trace).close()
