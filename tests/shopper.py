"""A shopper at the page: a headless Chromium that keeps watch over everything the page must not do."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from skimage import data
from stack import RunningStack, encode, portrait

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# The machine's network was changed under the browser, by containers that come and go; the page asks again.
_OUTSIDE = re.compile(r"net::ERR_NETWORK_CHANGED")
# Sums what moves without being asked to: the browser's own measure of jumps.
_JUMPS = """
window.jumps = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.jumps.push([entry.value, ...entry.sources.map((one) => one.node?.className ?? "")]);
}).observe({ type: "layout-shift", buffered: true });
"""


def chromium() -> str:
    """Where the browser is; without one the test is skipped, or fails where one is a must."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        words = "no Chromium is installed; the tests of the page need one (Debian: apt install chromium)"
        if os.environ.get("EXPERTGLASSES_TESTS_NEED_BROWSER"):
            pytest.fail(words)
        pytest.skip(words)
    return found


def film(path: Path) -> Path:
    """A film for the browser's fake camera: one face, in the middle of the picture, standing still."""
    face = Image.fromarray(data.astronaut()).crop((60, 0, 390, 248)).resize((640, 480))
    path.write_bytes(encode(face, quality=90) * 10)
    return path


def launch(playwright: Playwright, *flags: str) -> Browser:
    """The browser, without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])


class Shopper:
    """One visit. Whatever the console, the policy or the network complains about ends up in `complaints`."""

    def __init__(self, page: Page, stack: RunningStack) -> None:
        self.page = page
        self.stack = stack
        self.complaints: list[str] = []
        self.jobs: list[dict[str, Any]] = []
        self.strangers: list[str] = []
        page.add_init_script(_JUMPS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._see)

    def _hear(self, message: Any) -> None:
        # Cancelling a job that is overtaken comes too late when it has just ended; the browser writes down the 409.
        late = "409" in message.text and message.location["url"].endswith("/cancel")
        if message.type in ("error", "warning") and not late and not _OUTSIDE.search(message.text):
            self.complaints.append(message.text)

    def _see(self, request: Any) -> None:
        if not request.url.startswith((self.stack.url, "blob:", "data:")):
            self.strangers.append(request.url)
        if request.method == "POST" and request.url == f"{self.stack.url}/v1/jobs":
            is_json = request.headers.get("content-type", "") == "application/json"
            self.jobs.append(request.post_data_json if is_json else {})

    def arrive(self) -> None:
        """Open the page."""
        self.page.goto(self.stack.url)
        self.page.wait_for_selector("body.ready")

    def choose(self, photo: bytes, name: str = "me.jpg") -> None:
        """Choose a file and see it."""
        self.page.set_input_files("#file", {"name": name, "mimeType": "image/jpeg", "buffer": photo})
        expect(self["#preview"]).to_be_visible()

    def agree(self) -> None:
        """Agree, and send the photo."""
        self.page.check("#consent")
        self.page.click("#go")

    def fitted(self) -> None:
        """From the first page to six frames and a drawing."""
        self.arrive()
        self.choose(portrait())
        self.agree()
        self.served()

    def served(self) -> None:
        """Wait until nothing runs any more and a frame is on the face."""
        expect(self["#strip button"].first).to_be_visible(timeout=60_000)
        self.settled()
        expect(self[".pane:first-child .worn.on"]).to_be_visible(timeout=20_000)

    @contextmanager
    def rerun(self) -> Iterator[None]:
        """Do something that makes a new job, and wait for its end."""
        before = len(self.ids())
        yield
        for _ in range(300):
            if len(self.ids()) > before:
                return self.settled()
            self.page.wait_for_timeout(100)
        raise AssertionError("no new job was made")

    def settled(self) -> None:
        """Wait until no job runs."""
        expect(self["body"]).not_to_have_class("ready running", timeout=60_000)

    def open(self, tab: str) -> Locator:
        """Open a tab; its panel."""
        self.page.click(f"#tab-{tab}")
        panel = self[f"#panel-{tab}"]
        expect(panel).to_be_visible()
        return panel

    def __getitem__(self, selector: str) -> Locator:
        """What a selector finds."""
        return self.page.locator(selector)

    def job(self, place: int = -1) -> dict[str, Any]:
        """The record of one of the jobs of this visit."""
        return self.stack.read(self.ids()[place])

    def ids(self) -> list[str]:
        """The ids of this visit's jobs, oldest first."""
        ids: list[str] = self.page.evaluate(
            "() => JSON.parse(sessionStorage.getItem('jobs') ?? '{}').jobs ?? []"
        )
        return ids

    def saved(self, button: str) -> Image.Image:
        """Press a button that saves a picture; the picture."""
        with self.page.expect_download() as download:
            self.page.click(button)
        path = download.value.path()
        return Image.open(io.BytesIO(Path(path).read_bytes()))


@contextmanager
def visit(browser: Browser, stack: RunningStack, device: str = "desktop", **wishes: Any) -> Iterator[Shopper]:
    """A visit that must end without a complaint, and without asking anybody else for anything."""
    is_phone = device == "phone"
    context = browser.new_context(
        viewport=WIDTHS[device], has_touch=is_phone, is_mobile=is_phone, **{"locale": "en-GB", **wishes}
    )
    shopper = Shopper(context.new_page(), stack)
    try:
        yield shopper
        assert not shopper.complaints, shopper.complaints
        assert not shopper.strangers, shopper.strangers
    finally:
        context.close()
