"""OpenTelemetry traces across the gateway and the stages, when the setting `otlp_endpoint` names a collector.

Without it nothing is imported and every function here does nothing. A span carries the job's id and what
happened to it, never what was seen in the photo. The context travels in the headers of the tasks, as W3C
`traceparent`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.errors import NotInstalledError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

HEADERS = ("traceparent", "tracestate")
_tracers: dict[str, "Tracer"] = {}  # of this process: none or one


def configure(service: str, endpoint: str, exporter: "SpanExporter | None" = None) -> None:
    """Trace this process, once; call it after a fork, for the sender is a thread.

    Args:
        service: What the process is called.
        endpoint: Of the collector, over HTTP; empty: nothing is traced.
        exporter: In place of the one that sends to `endpoint`.

    Raises:
        NotInstalledError: The packages of the extra `tracing` are missing.
    """
    if not endpoint or _tracers:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise NotInstalledError("`otlp_endpoint` is set, but the extra `tracing` is not installed.") from None
    attributes = {"service.name": f"expertglasses-{service}", "service.version": __version__}
    provider = TracerProvider(resource=Resource.create(attributes))
    exporter = exporter or OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracers["here"] = provider.get_tracer("expertglasses")


@contextmanager
def span(name: str, carried: Mapping[str, str] | None = None, **attributes: str) -> Iterator[Any]:
    """A span around a piece of work; an exception that passes through marks it as failed.

    Args:
        name: What is done.
        carried: Headers that brought the context here.
        attributes: Ids and names.

    Yields:
        The span, or None where nothing is traced.
    """
    tracer = _tracers.get("here")
    if tracer is None:
        yield None
        return
    from opentelemetry.propagate import extract  # noqa: PLC0415  only where it is installed

    context = extract(dict(carried)) if carried else None
    with tracer.start_as_current_span(name, context=context, attributes=attributes) as here:
        yield here


def carrier() -> dict[str, str]:
    """Headers that bring the current context to whoever goes on; empty where nothing is traced."""
    headers: dict[str, str] = {}
    if _tracers:
        from opentelemetry.propagate import inject  # noqa: PLC0415  only where it is installed

        inject(headers)
    return headers
