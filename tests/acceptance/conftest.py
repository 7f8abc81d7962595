"""One running system for all tests of this tier, and browsers to visit it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from shopper import film, launch
from stack import RunningStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """`expertglasses up`, ended cleanly afterwards."""
    running = RunningStack(tmp_path_factory.mktemp("stack"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    """What drives the browsers; no longer than a module, for it runs an event loop in this very thread."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    """Chromium without a window."""
    launched = launch(player)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def browser_with_camera(player: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium whose camera looks at a real face."""
    reel = film(tmp_path_factory.mktemp("film") / "face.mjpeg")
    launched = launch(
        player, "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={reel}"
    )
    yield launched
    launched.close()
