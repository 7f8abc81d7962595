// The camera: a mirror with an oval to fit the face into, and a countdown.

import { h, s, say } from "./dom.js";
import { fromVideo } from "./photo.js";
import { t } from "./text.js";

const SECONDS = 3;
const REASONS = { NotAllowedError: "denied", NotFoundError: "none", NotReadableError: "busy" };

/** Open the camera. @returns the photo taken, or null when the shopper thought better of it */
export function takePhoto() {
  return new Promise((resolve) => {
    const video = h("video", { playsinline: true, autoplay: true, "aria-label": t("camera.view") });
    video.muted = true;
    const count = h("div", { class: "count", "aria-hidden": "true" });
    const words = h("p", { class: "camera-words", role: "status" }, t("camera.starting"));
    const shoot = h("button", { type: "button", class: "primary wide", disabled: true }, t("camera.take"));
    const close = h("button", { type: "button" }, t("close"));
    const dialog = h(
      "dialog",
      { class: "camera", "aria-labelledby": "camera-title" },
      h("h2", { id: "camera-title" }, t("camera.title")),
      h("div", { class: "mirror" }, video, guide(), count),
      words,
      h("div", { class: "row" }, shoot, close),
    );
    let stream, timer, photo = null;
    close.onclick = () => dialog.close();
    shoot.onclick = () => {
      shoot.disabled = true;
      timer = countDown(count, async () => {
        photo = await fromVideo(video);
        dialog.close();
      });
    };
    dialog.onclose = () => {
      clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
      dialog.remove();
      resolve(photo);
    };
    document.body.append(dialog);
    dialog.showModal();
    open()
      .then(async (opened) => {
        stream = opened;
        if (!dialog.open) return dialog.onclose();
        video.srcObject = stream;
        await video.play();
        words.textContent = t("camera.fit");
        shoot.disabled = false;
        shoot.focus();
      })
      .catch((error) => {
        words.textContent = t(`camera.${REASONS[error.name] ?? "absent"}`);
        words.classList.add("wrong");
      });
  });
}

function open() {
  // Browsers give the camera only to pages from this machine or over https.
  if (!navigator.mediaDevices?.getUserMedia) return Promise.reject(new Error("no camera here"));
  const size = { width: { ideal: 1280 }, height: { ideal: 960 } };
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", ...size }, audio: false });
}

function countDown(shown, done) {
  let left = SECONDS;
  const tell = () => {
    shown.textContent = left;
    say(String(left));
  };
  tell();
  const timer = setInterval(() => {
    left -= 1;
    if (left) return tell();
    clearInterval(timer);
    shown.textContent = "";
    done();
  }, 1000);
  return timer;
}

const guide = () =>
  s(
    "svg",
    { class: "guide", viewBox: "0 0 400 400", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    s("path", { class: "veil", "fill-rule": "evenodd", d: "M-200-200H600V600H-200ZM200 62c-66 0-104 52-104 124 0 84 48 152 104 152s104-68 104-152c0-72-38-124-104-124Z" }),
    s("path", { class: "oval", d: "M200 62c-66 0-104 52-104 124 0 84 48 152 104 152s104-68 104-152c0-72-38-124-104-124Z" }),
  );
