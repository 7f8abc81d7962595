"""What the WSGI server imports."""

from gateway.app import create_app
from shared.telemetry import configure_logging

configure_logging("gateway")
app = create_app()
