"""What every view of the page keeps to: access for all, no jump, small, nothing but its own."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FileChooser, Page, expect
from shopper import Shopper, visit
from stack import RunningStack, portrait
from test_page import NO_FACE

BYTES = 200_000
ANSWER = 3_000  # bytes of an answer without a file
JUMP = 0.05  # half of what the web's own measure calls good
TABS = ("frame", "why", "face", "refine", "unique")
_STILL = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => {})))"""


def _findings(page: Page) -> list[Any]:
    """What axe finds in the view as it stands once it stands still."""
    page.evaluate(_STILL)
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def _examine(shopper: Shopper, view: str) -> None:
    assert _findings(shopper.page) == [], view
    overflow = shopper.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{view} is wider than the screen"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "locale"), [("desktop", "en"), ("phone", "ru")])
def test_axe_finds_nothing_in_any_view(
    browser_with_camera: Browser, stack: RunningStack, device: str, locale: str, scheme: str
) -> None:
    """Given each view, light and dark, wide and narrow, axe finds nothing and nothing runs over the edge."""
    with visit(browser_with_camera, stack, device, locale=locale, color_scheme=scheme) as shopper:
        page = shopper.page
        shopper.arrive()
        _examine(shopper, "start")
        page.click("#open-camera")
        expect(shopper["dialog.camera button.primary"]).to_be_enabled()
        _examine(shopper, "camera")
        page.keyboard.press("Escape")
        shopper.choose(NO_FACE)
        page.click("#go")
        _examine(shopper, "consent is missing")
        page.click("#consent-more")
        _examine(shopper, "what happens with the photo")
        page.keyboard.press("Escape")
        shopper.agree()
        expect(shopper["#trouble"]).to_be_visible(timeout=30_000)
        _examine(shopper, "trouble")
        shopper.choose(portrait())
        shopper.agree()
        expect(shopper[".progress li"]).to_have_count(4)
        _examine(shopper, "progress")
        shopper.served()
        for tab in TABS:
            panel = shopper.open(tab)
            for summary in panel.locator("summary").all():
                summary.click()
            _examine(shopper, tab)
        page.click("[data-key=beside]")
        _examine(shopper, "side by side")
        page.click("[data-key=delete]")
        _examine(shopper, "delete")


def test_axe_would_find_something(browser: Browser, stack: RunningStack) -> None:
    """Given a picture without words, axe finds it: the test above can fail."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.page.evaluate("() => document.querySelector('main').append(document.createElement('img'))")
        assert [name for name, _ in _findings(shopper.page)] == ["image-alt"]


def test_the_keyboard_is_enough(browser: Browser, stack: RunningStack) -> None:
    """Given no mouse, a shopper skips to the content, chooses, agrees, and goes through tabs and frames."""
    with visit(browser, stack) as shopper:
        page = shopper.page
        choosers: list[FileChooser] = []

        def opened(chooser: FileChooser) -> None:
            choosers.append(chooser)

        page.on("filechooser", opened)
        shopper.arrive()
        page.keyboard.press("Tab")
        expect(shopper[".skip"]).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(shopper["#pick"]).to_be_focused()
        page.keyboard.press("Enter")
        while not choosers:
            page.wait_for_timeout(50)
        choosers[0].set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": portrait()})
        expect(shopper["#consent"]).to_be_focused()
        page.keyboard.press("Space")
        for _ in ("what happens", "go"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        shopper.served()
        names = [match["name"] for match in shopper.job()["matches"]["matches"]]
        shopper[".pane:first-child .after"].focus()
        page.keyboard.press("ArrowRight")
        expect(shopper["#panel-frame h2"]).to_have_text(names[1])
        shopper["#tab-frame"].focus()
        page.keyboard.press("ArrowRight")
        expect(shopper["#tab-why"]).to_be_focused()
        expect(shopper["#panel-why"]).to_be_visible()
        page.keyboard.press("End")
        expect(shopper["#panel-unique"]).to_be_visible()


def test_a_screen_reader_hears_what_happens(browser: Browser, stack: RunningStack) -> None:
    """Given progress and a frame on the face, the live region says so."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.page.evaluate(
            """() => {
              window.heard = [];
              const box = document.getElementById("said");
              new MutationObserver(() => window.heard.push(box.textContent)).observe(box, { childList: true });
            }"""
        )
        shopper.choose(portrait())
        shopper.agree()
        shopper.served()
        heard = shopper.page.evaluate("() => window.heard")
        assert "The photo is ready. Please agree and go on." in heard
        assert any(words.startswith("On your face: ") for words in heard)
        assert "Your frames are ready." in heard


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_nothing_jumps(browser: Browser, stack: RunningStack, device: str) -> None:
    """Given the whole way from the first page to the frames, nothing moves that the shopper did not move."""
    with visit(browser, stack, device) as shopper:
        shopper.fitted()
        for tab in TABS:
            shopper.open(tab)
        jumps = shopper.page.evaluate("() => window.jumps")
        assert sum(jump[0] for jump in jumps) < JUMP, jumps


def test_the_page_is_small(browser: Browser, stack: RunningStack) -> None:
    """Given an empty cache, all that the page loads is under 200 KB on the wire."""
    with visit(browser, stack) as shopper:
        wire = shopper.page.context.new_cdp_session(shopper.page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        shopper.arrive()
        shopper.page.wait_for_load_state("networkidle")
        assert len(sizes) > 15, "not all files were seen"
        assert sum(sizes) < BYTES


def test_a_second_visit_loads_nothing_anew(browser: Browser, stack: RunningStack) -> None:
    """Given a page in the cache, its files are only asked about."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        wire = shopper.page.context.new_cdp_session(shopper.page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        shopper.page.reload()
        shopper.page.wait_for_load_state("networkidle")
        assert max(sizes) < ANSWER


def test_the_policy_stops_foreign_script(browser: Browser, stack: RunningStack) -> None:
    """Given markup and script that found their way in, the browser runs neither."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        # In a task of the page's own: what the driver runs itself, the policy lets pass.
        attack = """() => new Promise((tell) => setTimeout(async () => {
          const tries = [
            () => (document.body.innerHTML = "<img src=x onerror='window.owned = 1'>"),
            () => window.eval("window.owned = 2"),
            () => new Function("window.owned = 3")(),
          ];
          let stopped = 0;
          for (const attempt of tries) try { attempt(); } catch { stopped += 1; }
          const script = document.createElement("script");
          script.append("window.owned = 4");
          try { document.body.append(script); } catch { /* stopped, too */ }
          await fetch("https://example.com/").catch(() => (stopped += 1));
          tell([stopped, window.owned ?? 0]);
        }, 0))"""
        assert shopper.page.evaluate(attack) == [4, 0]
        assert shopper.complaints, "the browser says what it stopped"
        shopper.complaints.clear()
        shopper.strangers.clear()


def test_words_of_a_catalogue_are_never_markup(browser: Browser, stack: RunningStack) -> None:
    """Given a frame whose name is markup, it is shown letter by letter."""
    evil = "<img src=x onerror=alert(1)>"
    with visit(browser, stack) as shopper:

        def poison(route: Any) -> None:
            answer = route.fetch()
            job = answer.json()
            for match in (job.get("matches") or {}).get("matches", []):
                match["name"] = evil
            route.fulfill(response=answer, body=json.dumps(job))

        shopper.page.route("**/v1/jobs/job_*", poison)
        shopper.fitted()
        expect(shopper["#panel-frame h2"]).to_have_text(evil)
        expect(shopper["#panel-frame h2 *"]).to_have_count(0)


def test_a_service_with_keys_asks_for_one(browser: Browser, stack: RunningStack) -> None:
    """Given a service that wants a key, the page asks for it, sends it along, and keeps it for this visit only."""
    with visit(browser, stack) as shopper:
        seen: list[str] = []

        def guard(route: Any) -> None:
            given = route.request.headers.get("authorization", "")
            seen.append(given)
            if given == "Bearer right":
                route.continue_()
            else:
                route.fulfill(status=401, content_type="application/problem+json", body="{}")

        shopper.page.route("**/v1/jobs", guard)
        shopper.arrive()
        shopper.choose(portrait())
        shopper.agree()
        for key in ("wrong", "right"):
            shopper.page.fill("#key", key)
            shopper.page.click("dialog button.primary")
        shopper.served()
        assert seen[:3] == ["", "Bearer wrong", "Bearer right"]
        assert "key" not in shopper.page.url
        assert shopper.page.evaluate("() => Object.keys(localStorage)") == ["language"]
        shopper.complaints = [line for line in shopper.complaints if "status of 401" not in line]
