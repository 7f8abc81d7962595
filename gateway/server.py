"""How the WSGI server is started."""

from shared.settings import Settings


def arguments(config: Settings) -> list[str]:
    """Gunicorn's command line: threads, because streams and waits hold a request for long."""
    return [
        *("--bind", f"{config.host}:{config.port}"),
        *("--worker-class", "gthread"),
        *("--workers", str(config.gateway_processes)),
        *("--threads", str(config.gateway_threads)),
        *("--timeout", "60"),
        *("--graceful-timeout", "10"),
        *("--keep-alive", "15"),
        *("--worker-tmp-dir", "/dev/shm"),  # noqa: S108  a heartbeat file must not wait for a disk
        *("--log-level", "warning"),
        "--no-control-socket",
    ]
