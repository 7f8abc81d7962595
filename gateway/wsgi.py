"""What a WSGI server loads."""

from gateway.app import create_app
from shared.telemetry import configure_logging

configure_logging("gateway")
app = create_app()
