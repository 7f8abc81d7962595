"""How the gateway is served: gunicorn with threads, for a stream or a wait holds one thread each."""

from shared.settings import Settings

_GRACEFUL_SECONDS = 5


def arguments(config: Settings) -> list[str]:
    """What follows `python -m gunicorn`."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    return [
        *("--bind", f"{host}:{config.port}"),
        *("--worker-class", "gthread"),
        *("--workers", str(config.gateway_processes)),
        *("--threads", str(config.gateway_threads)),
        *("--graceful-timeout", str(_GRACEFUL_SECONDS)),
        *(
            "--log-level",
            "warning",
            "--no-control-socket",
        ),  # nobody uses it, and it wants a folder to write in
        "gateway.wsgi:app",
    ]
