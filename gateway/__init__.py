"""The only door: HTTP API, health, server-sent events."""
