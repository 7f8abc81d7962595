"""One running system for all tests of this tier."""

from collections.abc import Iterator

import pytest
from stack import RunningStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """`expertglasses up`, ended cleanly afterwards."""
    running = RunningStack(tmp_path_factory.mktemp("stack"))
    yield running
    assert running.stop() == 0
