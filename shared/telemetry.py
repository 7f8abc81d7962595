"""Structured logs: one line an event, with the job's id and nothing of the face."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.settings import settings

# What may never reach a log, whoever passes it: content of photos and faces, secrets, addresses of clients.
_FORBIDDEN = frozenset({
    *("photo", "face", "landmarks", "attributes", "embedding", "wish", "explanation"),
    *("image", "filename"),
    *("authorization", "password", "secret", "redis_url"),
})  # fmt: skip


def _no_biometrics(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: "[withheld]" if key in _FORBIDDEN else value for key, value in event.items()}


def configure_logging(service: str) -> None:
    """Send every log line of this process, the libraries' too, to standard error in one format."""
    config = settings()
    as_console = config.log_format == "console" or (config.log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _no_biometrics,
    ]
    renderer = structlog.dev.ConsoleRenderer() if as_console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(config.log_level)
    structlog.contextvars.bind_contextvars(service=service)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of this process."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
