"""The shopper's page, in a real browser against the whole running system."""

from contextlib import suppress
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Error, Route, expect
from shopper import visit
from skimage import data
from stack import RunningStack, encode, portrait

NO_FACE = encode(Image.fromarray(data.coffee()))


def test_a_photo_becomes_frames_on_the_face(browser: Browser, stack: RunningStack) -> None:
    """Given a photo and consent, the stages tell how far they are, then six frames are there and one is on the face."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(portrait())
        shopper.agree()
        expect(shopper[".progress li"]).to_have_count(4)
        shopper.served()
        expect(shopper[".progress li.done"]).to_have_count(4)
        expect(shopper["#strip li button"]).to_have_count(7 if shopper.job()["images"] else 6)
        best = shopper.job()["matches"]["matches"][0]
        expect(shopper["#panel-frame h2"]).to_have_text(best["name"])
        worn = shopper[".pane:first-child .worn"]
        assert worn.evaluate("(image) => image.naturalWidth") > 0
        assert worn.get_attribute("alt") == f"You, wearing {best['name']}"


def test_without_consent_nothing_leaves_the_device(browser: Browser, stack: RunningStack) -> None:
    """Given no consent, the page asks for it in words, and no request is made."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(portrait())
        shopper.page.click("#go")
        expect(shopper["#consent-missing"]).not_to_be_empty()
        expect(shopper["#consent"]).to_be_focused()
        shopper.page.click("#consent-more")
        expect(shopper["dialog li"]).to_have_count(5)
        assert shopper.jobs == []


def test_several_photos_of_one_person_go_together(browser: Browser, stack: RunningStack) -> None:
    """Given three photos and one taken back, the job has two; what is wrong with the second is told by its number."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(portrait())
        for more in (portrait(), NO_FACE):
            with shopper.page.expect_file_chooser() as chooser:
                shopper.page.click("#others [data-key=add]")
            chooser.value.set_files({"name": "more.jpg", "mimeType": "image/jpeg", "buffer": more})
            expect(shopper["#others .thumb"].last).to_be_visible()
        expect(shopper["#others .thumb"]).to_have_count(2)
        shopper.page.get_by_role("button", name="Take photo 2 back").click()
        expect(shopper["#others .thumb"]).to_have_count(1)
        expect(shopper["#consent-text"]).to_contain_text("these photos")
        shopper.agree()
        shopper.served()
        assert shopper.job()["photos"] == 2
        shopper.page.get_by_role("tab", name="Face").click()
        expect(shopper[".advice"]).to_contain_text("Photo 2: We cannot find a face.")


def test_a_dropped_photo_is_taken(browser: Browser, stack: RunningStack) -> None:
    """Given a photo dropped on the page, it is shown and waits for consent."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.page.evaluate(
            """async (bytes) => {
              const given = new DataTransfer();
              given.items.add(new File([new Uint8Array(bytes)], "me.jpg", { type: "image/jpeg" }));
              for (const type of ["dragover", "drop"])
                document.getElementById("drop").dispatchEvent(
                  new DragEvent(type, { dataTransfer: given, bubbles: true, cancelable: true }));
            }""",
            list(portrait()),
        )
        expect(shopper["#preview-image"]).to_be_visible()


def test_the_camera_takes_a_photo(browser_with_camera: Browser, stack: RunningStack) -> None:
    """Given a camera that sees a face, its photo goes all the way."""
    with visit(browser_with_camera, stack, permissions=["camera"]) as shopper:
        shopper.arrive()
        shopper.page.click("#open-camera")
        shopper.page.click("dialog.camera button.primary:enabled")
        expect(shopper["#preview"]).to_be_visible(timeout=15_000)
        expect(shopper["dialog"]).to_have_count(0)
        shopper.agree()
        shopper.served()
        assert shopper.job()["face"]["gender"]["value"] == "female"


def test_no_camera_is_told_in_words(browser: Browser, stack: RunningStack) -> None:
    """Given a browser without a camera, the dialog says what to do instead, and closes with Escape."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.page.click("#open-camera")
        expect(shopper["dialog .wrong"]).to_contain_text("choose a file")
        shopper.page.keyboard.press("Escape")
        expect(shopper["dialog"]).to_have_count(0)


def test_frames_are_tried_on_one_by_one_and_two_by_two(browser: Browser, stack: RunningStack) -> None:
    """Given frames, arrows and tiles change what is on the face; two can be seen beside each other, or none."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        assert shopper.job()["consent"]
        names = [match["name"] for match in shopper.job()["matches"]["matches"]]
        title = shopper["#panel-frame h2"]
        shopper.page.click(".pane:first-child .after")
        expect(title).to_have_text(names[1])
        shopper.page.click(".pane:first-child .before")
        expect(title).to_have_text(names[0])
        shopper["#strip button"].nth(3).click()
        expect(title).to_have_text(names[3])
        shopper.page.click("[data-key=beside]")
        expect(shopper[".pane .worn.on"]).to_have_count(2)
        expect(shopper["figcaption"].first).to_have_text(names[3])
        shopper.page.click("[data-key=bare]")
        expect(shopper[".pane .worn.on"]).to_have_count(0)


def test_frames_like_it_and_other_colours_can_be_worn(browser: Browser, stack: RunningStack) -> None:
    """Given a frame, its other colours and those like it are pictures to put on, each with what speaks for it."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        like = shopper["[data-key^=similar-]"]
        expect(like).to_have_count(4)
        expect(like.first.locator("img")).to_be_visible()
        matches = shopper.job()["matches"]["matches"]
        shown = "".join(f":not([data-key=similar-{match['frame']}])" for match in matches)
        shopper[f"[data-key^=similar-]{shown}"].first.click()
        expect(shopper["#panel-frame .over"]).to_have_text("Like your recommendations")
        expect(shopper["#panel-frame h2"]).not_to_have_text(matches[0]["name"])
        expect(shopper["#panel-frame .blocks li"].first).to_be_visible()
        many = max(range(len(matches)), key=lambda place: len(matches[place]["variants"]))
        shopper["#strip button"].nth(many).click()
        expect(shopper["#panel-frame h2"]).to_have_text(matches[many]["name"])
        colors = matches[many]["variants"]
        assert colors
        expect(shopper["#panel-frame [data-key^=colors-]"]).to_have_count(len(colors))
        shopper.page.click(f"[data-key=colors-{colors[0]}]")
        expect(shopper["#panel-frame .over"]).to_have_text("Another colour of a recommendation")
        expect(shopper["#panel-frame [data-key^=colors-]"]).to_have_count(len(colors))


def test_a_frame_says_how_well_it_fits_and_why(browser: Browser, stack: RunningStack) -> None:
    """Given a recommendation, its picture, its share of what suits, a sentence and the blocks behind it are shown."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper["#panel-frame"]
        best = shopper.job()["matches"]["matches"][0]
        expect(panel.locator(".product img")).to_be_visible()
        expect(panel.locator(".fit-number")).to_have_text(f"{best['score']:.0%}")
        expect(panel.locator(".why-text")).to_have_text(best["why"]["text"])
        expect(panel.locator(".blocks .good")).to_have_count(min(5, len(best["why"]["matched"])))


def test_the_measured_points_are_shown_until_a_frame_covers_them(
    browser: Browser, stack: RunningStack
) -> None:
    """Given a try-on that takes its time, the stage shows the points found in the face meanwhile."""
    with visit(browser, stack) as shopper:
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        shopper.page.route("**/try-on/*", hold)
        shopper.arrive()
        shopper.choose(portrait())
        shopper.agree()
        expect(shopper["#stage .marks .dots"]).to_be_visible(timeout=60_000)
        shopper.settled()
        while not shopper[".pane:first-child .worn.on"].is_visible():
            for route in [held.pop() for _ in held[:]]:
                route.continue_()
            shopper.page.wait_for_timeout(50)
        expect(shopper["#stage .marks"]).to_have_count(0)
        shopper.page.unroute_all(behavior="ignoreErrors")


def test_the_reasons_come_first_as_a_summary_then_rule_by_rule(browser: Browser, stack: RunningStack) -> None:
    """Given a result, its summary is shown at once and each rule on demand, with what it saw and changed."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("why")
        job = shopper.job()
        expect(panel.locator(".summary")).to_have_text(job["explanation"]["summary"])
        expect(panel.locator(".rules")).to_be_hidden()
        panel.locator("summary").click()
        expect(panel.locator(".rules > li")).to_have_count(len(job["explanation"]["rules"]))
        expect(panel.locator(".effects .up").first).to_be_visible()


def test_the_face_is_told_in_22_words_each_of_which_can_be_corrected(
    browser: Browser, stack: RunningStack
) -> None:
    """Given a correction, a job starts at the rules with it and no photo; taken back, another one without it."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("face")
        expect(panel.locator("select")).to_have_count(22)
        expect(panel.locator(".portrait .dots")).to_be_visible()
        with shopper.rerun():
            panel.locator("#attribute-beard").select_option("yes")
        expect(panel.locator(".attribute.edited .sure-words")).to_have_text("your word")
        assert shopper.jobs[-1]["from_job"] == shopper.ids()[0]
        assert shopper.jobs[-1]["face"] == {"beard": "yes"}
        edited = shopper.job()
        assert edited["face"]["beard"] | {"confidence": 1.0} == edited["face"]["beard"]
        assert edited["face"]["beard"]["value"] == "yes"
        assert edited["explanation"] != shopper.job(0)["explanation"]
        with shopper.rerun():
            panel.locator(".attribute.edited .undo").click()
        expect(panel.locator(".attribute.edited")).to_have_count(0)
        assert shopper.job()["face"] == shopper.job(0)["face"]


def test_every_attribute_can_take_every_value(browser: Browser, stack: RunningStack) -> None:
    """Given the values on offer, the service takes each of them."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        offered = shopper.open("face").evaluate(
            """(panel) => Object.fromEntries([...panel.querySelectorAll("select")].map((select) =>
              [select.id.replace("attribute-", ""), [...select.options].map((option) => option.value)]))"""
        )
        root = shopper.ids()[0]
    for round_ in range(max(map(len, offered.values()))):
        face = {name: values[round_ % len(values)] for name, values in offered.items()}
        face["faceshape"] = {face["faceshape"]: 1} if face["faceshape"] != "unknown" else {}
        body = {"from_job": root, "face": face, "options": {"generate": {"count": 0}}}
        answer = requests.post(f"{stack.url}/v1/jobs", json=body, timeout=10)
        assert answer.status_code == 202, answer.text


def test_wishes_change_the_frames(browser: Browser, stack: RunningStack) -> None:
    """Given a filter and a taste, the frames follow; when none is left the page says so, and Reset brings them back."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("refine")
        panel.locator("[data-key=shop]").click()
        with shopper.rerun():
            panel.locator("[data-key=rims-rimless]").check()
        expect(shopper[".badge"].nth(3)).to_have_text("1")
        assert {match["details"]["rim"] for match in shopper.job()["matches"]["matches"]} == {"rimless"}
        panel.locator("[data-key=price_max]").fill("1")
        panel.locator("[data-key=price_max]").press("Tab")
        expect(shopper["#strip .none"]).to_be_visible(timeout=20_000)
        panel.locator("[data-key=reset]").click()
        expect(shopper["#strip button"].first).to_be_visible(timeout=20_000)
        with shopper.rerun():
            panel.locator("[data-key=mood-round]").click()
            panel.locator("[data-key=mood-black]").click()
            panel.locator("[data-key=mood-black]").click()
        expect(panel.locator("[data-key=mood-black]")).to_contain_text("never")
        wanted = shopper.jobs[-1]["options"]["preferences"]
        assert (wanted["shapes"], wanted["colors"]) == ({"round": 1}, {"black": -1})


def test_the_way_of_scoring_is_chosen(browser: Browser, stack: RunningStack) -> None:
    """Given another strategy, frames are scored by it; weighing colour against shape goes back to the balanced one."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("refine")
        panel.locator("[data-key=method]").click()
        with shopper.rerun():
            panel.locator("[data-key=strategy-most_popular]").check()
        assert shopper.job()["matches"]["strategy"] == "most_popular"
        expect(shopper["#panel-frame .fit-number"]).to_have_count(0)
        with shopper.rerun():
            panel.locator("[data-key=weight]").fill("1")
        assert shopper.job()["matches"]["strategy"] == "balanced"
        assert shopper.job()["options"]["preferences"]["weight"] == 1


def test_the_unique_frame_is_drawn_kept_worn_and_saved(browser: Browser, stack: RunningStack) -> None:
    """Given a drawing, another can be asked for, one kept, put on the face, and saved as a picture."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("unique")
        if shopper.job()["design"]["status"] != "drawn":
            pytest.skip("no generator is installed")
        expect(panel.locator(".canvas img")).to_be_visible()
        read = [one for one in shopper.job()["design"]["readings"][0] if one["asked"] == one["seen"]]
        assert read
        expect(panel.locator(".chips .good").first).to_be_visible()
        shopper.page.click("[data-key=unique-keep]")
        with shopper.rerun():
            shopper.page.click("[data-key=unique-another]")
        expect(panel.locator("[data-key^=kept-]")).to_have_count(1, timeout=30_000)
        first, second = (shopper.job(place)["design"]["seed"] for place in (0, -1))
        assert first != second
        shopper.page.click("[data-key=unique-on]")
        expect(shopper[".pane:first-child .worn"]).to_have_attribute("alt", "You, wearing Your unique frame")
        assert shopper.saved("[data-key=unique-save]").format == "PNG"


def test_what_is_worn_is_shared_as_one_picture(browser: Browser, stack: RunningStack) -> None:
    """Given one frame or two on the face, sharing saves one picture with their names below."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        one = shopper.saved("[data-key=share]")
        shopper.page.click("[data-key=beside]")
        expect(shopper[".pane .worn.on"]).to_have_count(2)
        two = shopper.saved("[data-key=share]")
        assert one.size == two.size
        assert one.width >= 1000
        assert one.tobytes() != two.tobytes()


def test_a_language_is_chosen_at_any_time(browser: Browser, stack: RunningStack) -> None:
    """Given a result in English, RU turns labels and reasons into Russian, and a visit later begins in Russian."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        panel = shopper.open("why")
        shopper.page.click("[data-lang=ru]")
        expect(shopper["#tab-why"]).to_have_text("Почему")
        expect(shopper["html"]).to_have_attribute("lang", "ru")
        expect(panel.locator(".summary")).to_contain_text("Ищите", timeout=20_000)
        shopper.page.reload()
        shopper.page.wait_for_selector("body.ready")
        expect(shopper["#again"]).to_have_text("Новое фото")


def test_a_language_chosen_meanwhile_is_spoken_in_the_end(browser: Browser, stack: RunningStack) -> None:
    """Given a change of language before the face is found, the reasons come in the new one."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(portrait())
        shopper.agree()
        shopper.page.click("[data-lang=ru]")
        panel = shopper.open("why")
        expect(panel.locator(".summary")).to_contain_text("Ищите", timeout=60_000)
        shopper.settled()


def test_the_browsers_language_is_the_first(browser: Browser, stack: RunningStack) -> None:
    """Given a Russian browser, the page speaks Russian."""
    with visit(browser, stack, locale="ru-RU") as shopper:
        shopper.arrive()
        expect(shopper["h1"].first).to_have_text("Очки, которые вам идут")


def test_reloading_loses_nothing(browser: Browser, stack: RunningStack) -> None:
    """Given a result, a reload shows it again, from what the service keeps."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        name = shopper["#panel-frame h2"].inner_text()
        shopper.page.reload()
        shopper.served()
        expect(shopper["#panel-frame h2"]).to_have_text(name)
        assert len(shopper.jobs) == 1


def test_deleting_leaves_nothing(browser: Browser, stack: RunningStack) -> None:
    """Given a result and one derived from it, deleting takes both, here and there, and begins anew."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        with shopper.rerun():
            shopper.open("face").locator("#attribute-beard").select_option("yes")
        ids = shopper.ids()
        assert len(ids) == 2
        shopper.page.click("[data-key=delete]")
        shopper.page.click("dialog button.primary")
        expect(shopper["#toast"]).to_contain_text("Deleted")
        expect(shopper["#drop"]).to_be_visible()
        assert shopper.ids() == []
        assert shopper["#stage .photo"].first.get_attribute("src") is None
        for job_id in ids:
            assert requests.get(f"{stack.url}/v1/jobs/{job_id}", timeout=5).status_code == 410
            assert not list(stack.folder.glob(f"data/blobs/jobs/{job_id}/*"))


def test_pictures_under_way_are_let_go_when_all_is_deleted(browser: Browser, stack: RunningStack) -> None:
    """Given a picture that is long on its way, deleting ends the wait: when it could come, nobody asks for it any more."""
    with visit(browser, stack) as shopper:
        shopper.fitted()
        held: list[Route] = []
        shopper.page.route("**/images/**", lambda route: held.append(route))  # noqa: PLW0108  playwright marks what it is given
        with shopper.rerun():
            shopper.open("face").locator("#attribute-beard").select_option("yes")
        assert held
        shopper.page.click("[data-key=delete]")
        shopper.page.click("dialog button.primary")
        expect(shopper["#drop"]).to_be_visible()
        for route in held:
            with suppress(Error):  # the page has let it go
                route.continue_()
        shopper.page.wait_for_timeout(300)  # for an answer that must not come


@pytest.mark.parametrize(
    ("photo", "title"),
    [
        pytest.param(NO_FACE, "We cannot see a face", id="no face"),
        pytest.param(b"no photo " * 99, "This is no photo we can read", id="no photo"),
        pytest.param(encode(Image.new("RGB", (9, 9))), "The photo is too small", id="too small"),
    ],
)
def test_a_photo_that_cannot_be_used_gets_advice_and_a_picture(
    browser: Browser, stack: RunningStack, photo: bytes, title: str
) -> None:
    """Given a useless photo, the page says what is wrong and draws what to do; another photo works."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(photo)
        shopper.agree()
        expect(shopper["#trouble h2"]).to_have_text(title, timeout=30_000)
        expect(shopper["#trouble"]).to_be_focused()
        expect(shopper["#trouble svg.drawing"]).to_be_visible()
        shopper.complaints = [line for line in shopper.complaints if "status of 4" not in line]
        shopper.choose(portrait())
        shopper.agree()
        shopper.served()


def test_no_connection_is_told_and_the_photo_stays(browser: Browser, stack: RunningStack) -> None:
    """Given no connection, the page says so and keeps the photo; trying again goes on where it broke."""
    with visit(browser, stack) as shopper:
        shopper.arrive()
        shopper.choose(portrait())
        shopper.page.context.set_offline(True)
        shopper.agree()
        expect(shopper["#trouble h2"]).to_have_text("No connection")
        shopper.page.context.set_offline(False)
        shopper.page.click("[data-key=same]")
        shopper.served()
        shopper.complaints = [line for line in shopper.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_picture_that_is_lost_on_the_way_is_asked_for_again(browser: Browser, stack: RunningStack) -> None:
    """Given a network that drops the first request for each try-on, the frame is on the face all the same."""
    with visit(browser, stack) as shopper:
        lost: set[str] = set()

        def lose(route: Any) -> None:
            first = route.request.url not in lost
            lost.add(route.request.url)
            if first:
                route.abort()
            else:
                route.continue_()

        shopper.page.route("**/try-on/*", lose)
        shopper.fitted()
        assert lost
        shopper.page.unroute_all(behavior="ignoreErrors")
        shopper.complaints = [line for line in shopper.complaints if "ERR_FAILED" not in line]


def test_a_broken_stream_is_taken_up_again(browser: Browser, stack: RunningStack) -> None:
    """Given events that never come through, the page asks for the job until it has ended."""
    with visit(browser, stack) as shopper:
        shopper.page.route("**/events", lambda route: route.abort())
        shopper.arrive()
        shopper.choose(portrait())
        shopper.agree()
        shopper.served()
        shopper.complaints = [line for line in shopper.complaints if "ERR_FAILED" not in line]
