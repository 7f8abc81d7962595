// The first page: choose a photo, agree, go; and what to do when the photo cannot be used.

import { takePhoto } from "./camera.js";
import { $, fill, h, say } from "./dom.js";
import { drawing, welcome } from "./drawings.js";
import { fromFile } from "./photo.js";
import { begin } from "./run.js";
import { on, set, state } from "./store.js";
import { has, number, t } from "./text.js";

let chosen = null;

export function mountStart() {
  $("drop-drawing").append(welcome());
  $("pick").onclick = () => $("file").click();
  $("file").onchange = () => take($("file").files[0]);
  $("open-camera").onclick = openCamera;
  $("other").onclick = () => choose(null);
  $("consent").onchange = () => ($("consent-missing").textContent = "");
  $("consent-more").onclick = tellMore;
  $("go").onclick = go;
  acceptDrops();
  on(["phase", "trouble", "lang"], render);
  render();
}

async function openCamera() {
  const photo = await takePhoto();
  if (photo) choose(photo);
}

async function take(file) {
  if (file) choose(await fromFile(file));
  $("file").value = "";
}

function acceptDrops() {
  const drop = $("drop");
  const stop = (event) => event.preventDefault();
  // Anywhere on the page, or the browser would leave it and open the picture.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, stop);
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
}

function choose(photo) {
  if (chosen && chosen !== state.photo) URL.revokeObjectURL(chosen.url);
  chosen = photo;
  set({ trouble: null, phase: "start" });
  render();
  if (!photo) return $("pick").focus();
  $("preview-image").src = photo.url;
  $("preview-image").alt = t("preview.alt");
  say(t("preview.ready"));
  $(state.consent ? "go" : "consent").focus();
}

function go() {
  if (!$("consent").checked) {
    $("consent-missing").textContent = t("consent.missing");
    return $("consent").focus();
  }
  const photo = chosen;
  chosen = null;
  begin(photo);
}

function tellMore() {
  const close = h("button", { type: "button", class: "primary", autofocus: true }, t("close"));
  const points = [1, 2, 3, 4, 5].map((n) => h("li", {}, t(`consent.point${n}`)));
  const dialog = h("dialog", { class: "words", "aria-labelledby": "consent-title" }, h("h2", { id: "consent-title" }, t("consent.title")), h("ul", {}, ...points), close);
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

/** Trouble before anything was seen of the face; later trouble is told beside the result. */
const troubled = () => state.trouble && !state.view?.face;

function render() {
  const troubles = troubled();
  $("kept-for").textContent = t("start.kept", { n: 60, minutes: number(60) });
  $("start").hidden = state.phase !== "start" && !troubles;
  $("result").hidden = !$("start").hidden;
  $("drop").hidden = Boolean(chosen) || Boolean(troubles);
  $("preview").hidden = !chosen || Boolean(troubles);
  $("trouble").hidden = !troubles;
  if (troubles) explain(state.trouble);
}

function explain({ code, advice, retryable }) {
  const [first = { code }] = advice.filter((item) => !item.usable);
  const title = [`trouble.${first.code}`, `trouble.${code}`, retryable ? "trouble.busy" : "trouble.title"].find(has);
  const words = first.sentence ?? t([`trouble.${code}.do`, retryable ? "trouble.busy.do" : "trouble.do"].find(has));
  const camera = h("button", { type: "button", class: "primary", "data-key": "camera" }, t("trouble.camera"));
  const pick = h("button", { type: "button", "data-key": "pick" }, t("trouble.pick"));
  camera.onclick = openCamera;
  pick.onclick = () => $("file").click();
  const retry = state.photo && retryable;
  const same = h("button", { type: "button", class: "primary", "data-key": "same" }, t("trouble.retry"));
  same.onclick = () => begin(state.photo);
  fill(
    $("trouble"),
    drawing(first.code, first),
    h("h2", { id: "trouble-title" }, t(title)),
    h("p", {}, words),
    h("div", { class: "row" }, ...(retry ? [same, pick] : [camera, pick])),
  );
  $("trouble").focus();
}
