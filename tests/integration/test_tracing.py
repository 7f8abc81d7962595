"""Traces: the request and the stages of its job hang together, and say nothing of the face."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from PIL import Image

from gateway.app import create_app
from shared import tracing
from shared.broker import connect
from shared.settings import Settings

CLIENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Tracing switched on for this process; finished spans stay in memory."""
    exporter = InMemorySpanExporter()
    tracing.configure("tests", "http://collector.invalid", exporter)
    yield exporter
    tracing._tracers.clear()


def finished(exporter: InMemorySpanExporter) -> list[Any]:
    """Spans that have ended and were handed on."""
    tracing._tracers["here"].span_processor.force_flush()  # type: ignore[attr-defined]
    return list(exporter.get_finished_spans())


def post(config: Settings) -> Any:
    """Send a photo to a gateway that traces."""
    out = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(out, "JPEG")
    client = create_app(config).test_client()
    return client.post(
        "/v1/jobs", data={"photo": (BytesIO(out.getvalue()), "me.jpg")}, headers={"traceparent": CLIENT}
    )


def headers_of(config: Settings, queue: str) -> dict[str, Any]:
    """Headers of the one message that waits."""
    message = connect(config).lindex(queue, 0)
    found: dict[str, Any] = json.loads(str(message))["headers"]
    return found


def test_a_request_hands_its_trace_to_the_stages(config: Settings, spans: InMemorySpanExporter) -> None:
    """Given a client's own trace / Then the request's span belongs to it, and so do the headers of every stage."""
    answer = post(config.model_copy(update={"otlp_endpoint": "http://collector.invalid"}))

    assert answer.status_code == 202
    (request,) = finished(spans)
    assert request.name == "POST /v1/jobs"
    assert request.attributes["http.response.status_code"] == 202
    trace = f"{request.context.trace_id:032x}"
    assert trace == CLIENT.split("-")[1]
    headers = headers_of(config, "perception")
    assert headers["traceparent"].split("-")[1:3] == [trace, f"{request.context.span_id:016x}"]


def test_a_stage_hangs_under_what_was_carried(spans: InMemorySpanExporter) -> None:
    """Given carried headers / Then the span of the work has that parent; an error that passes marks it."""
    with pytest.raises(ValueError, match="wrong"), tracing.span("perceive", {"traceparent": CLIENT}, job="j"):
        raise ValueError("wrong")

    (work,) = finished(spans)
    assert f"{work.parent.span_id:016x}" == CLIENT.split("-")[2]
    assert not work.status.is_ok
    assert work.attributes == {"job": "j"}


def test_switched_off_nothing_is_carried(config: Settings) -> None:
    """Without the setting a message has no trace of a trace."""
    assert post(config).status_code == 202

    assert not set(tracing.HEADERS) & set(headers_of(config, "perception"))
    with tracing.span("anything") as span:
        assert span is None
