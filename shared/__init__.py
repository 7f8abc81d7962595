"""The language all rooms speak: contracts, settings, broker, job record, blobs, events, errors, telemetry."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("expertglasses")
except PackageNotFoundError:  # a bare source tree, as in the images
    __version__ = "0.6.0"
