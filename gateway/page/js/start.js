// The first page: choose a photo or several, agree, go; and what to do when the photo cannot be used.

import { takePhoto } from "./camera.js";
import { $, fill, h, say } from "./dom.js";
import { drawing, welcome } from "./drawings.js";
import { fromFile } from "./photo.js";
import { begin } from "./run.js";
import { on, set, state } from "./store.js";
import { has, number, t } from "./text.js";

const MOST = 5; // as the API says
let chosen = []; // the first is the one that frames are put on
let adding = false;

export function mountStart() {
  $("drop-drawing").append(welcome());
  $("pick").onclick = pick;
  $("file").onchange = () => take($("file").files);
  $("open-camera").onclick = openCamera;
  $("other").onclick = () => choose([]);
  $("consent").onchange = () => ($("consent-missing").textContent = "");
  $("consent-more").onclick = tellMore;
  $("go").onclick = go;
  acceptDrops();
  on(["phase", "trouble", "lang"], render);
  render();
}

async function openCamera() {
  const photo = await takePhoto();
  if (photo) choose([photo]);
}

function pick() {
  adding = false;
  $("file").click();
}

function add() {
  adding = true;
  $("file").click();
}

async function take(files) {
  const before = adding ? chosen : [];
  const photos = await Promise.all([...files].slice(0, MOST - before.length).map(fromFile));
  if (photos.length) choose([...before, ...photos]);
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
    adding = false;
    take(event.dataTransfer.files);
  });
}

function choose(photos) {
  for (const photo of chosen) if (!photos.includes(photo)) URL.revokeObjectURL(photo.url);
  chosen = photos;
  set({ trouble: null, phase: "start" });
  render();
  if (!photos.length) return $("pick").focus();
  $("preview-image").src = photos[0].url;
  $("preview-image").alt = t("preview.alt");
  say(t("preview.ready"));
  $(state.consent ? "go" : "consent").focus();
}

function go() {
  if (!$("consent").checked) {
    $("consent-missing").textContent = t("consent.missing");
    return $("consent").focus();
  }
  const [photo, ...others] = chosen;
  chosen = [];
  for (const other of others) URL.revokeObjectURL(other.url);
  begin({ ...photo, others: others.map((other) => other.blob) });
}

/** The further photos, each to be taken back, and a way to add one. */
function further() {
  const thumbs = chosen.slice(1).map((photo, place) => {
    const label = t("preview.remove", { n: place + 2 });
    const thumb = h("button", { type: "button", class: "thumb", "aria-label": label, title: label }, h("img", { src: photo.url, alt: "" }));
    thumb.onclick = () => choose(chosen.filter((one) => one !== photo));
    return thumb;
  });
  const more = h("button", { type: "button", class: "link", "data-key": "add" }, t("preview.add"));
  more.onclick = add;
  return chosen.length < MOST ? [...thumbs, more, h("p", { class: "fine" }, t("preview.surer"))] : thumbs;
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
  $("consent-text").textContent = t("consent.text", { n: Math.max(1, chosen.length) });
  $("kept-for").textContent = t("start.kept", { n: 60, minutes: number(60) });
  $("start").hidden = state.phase !== "start" && !troubles;
  $("result").hidden = !$("start").hidden;
  $("drop").hidden = chosen.length > 0 || Boolean(troubles);
  $("preview").hidden = !chosen.length || Boolean(troubles);
  fill($("others"), ...further());
  $("trouble").hidden = !troubles;
  if (troubles) explain(state.trouble);
}

function explain({ code, advice, retryable }) {
  const [first = { code }] = advice.filter((item) => !item.usable);
  const title = [`trouble.${first.code}`, `trouble.${code}`, retryable ? "trouble.busy" : "trouble.title"].find(has);
  const words = first.sentence ?? t([`trouble.${code}.do`, retryable ? "trouble.busy.do" : "trouble.do"].find(has));
  const camera = h("button", { type: "button", class: "primary", "data-key": "camera" }, t("trouble.camera"));
  const other = h("button", { type: "button", "data-key": "pick" }, t("trouble.pick"));
  camera.onclick = openCamera;
  other.onclick = pick;
  const retry = state.photo && retryable;
  const same = h("button", { type: "button", class: "primary", "data-key": "same" }, t("trouble.retry"));
  same.onclick = () => begin(state.photo);
  fill(
    $("trouble"),
    drawing(first.code, first),
    h("h2", { id: "trouble-title" }, t(title)),
    h("p", {}, words),
    h("div", { class: "row" }, ...(retry ? [same, other] : [camera, other])),
  );
  $("trouble").focus();
}
