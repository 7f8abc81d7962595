// The stage: the shopper's face with a frame on it, one or two side by side, and the strip of frames below.

import { picture } from "./api.js";
import { coverOf, cropOf, lay } from "./crop.js";
import { $, fill, h, icon, say } from "./dom.js";
import { brief, idOf, nameOf, nothing, price, shelf, tile, wornPath } from "./frames.js";
import { marks } from "./landmarks.js";
import { share } from "./share.js";
import { on, set, state } from "./store.js";
import { t } from "./text.js";

const ABSENT = new Set(["not installed", "failed"]); // no drawing will come
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const LEFT = "m14.5 5-7 7 7 7";
const RIGHT = "m9.5 5 7 7-7 7";
const EYE = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z";
const panes = [pane(0), pane(1)];
let active = 0;

export function mountStage() {
  $("stage").append(...panes.map((one) => one.node));
  new ResizeObserver(place).observe($("stage"));
  on(["photo", "view", "frames", "beside", "bare", "phase", "lang", "running"], render);
  on(["frames"], () => state.frames[0] && say(t("stage.wearing", { name: nameOf(state.frames[0]) })));
  on(["view", "designs", "frames", "beside", "lang", "phase"], renderStrip);
  on(["frames", "beside", "bare", "lang", "phase"], renderTools);
}

/** Put a frame on the stage, where the shopper last looked. */
export function wear(frame, at = state.beside ? active : 0) {
  const frames = [...state.frames];
  frames[at] = frame;
  set({ frames, bare: false });
}

function step(at, by) {
  const all = shelf();
  const now = all.findIndex((frame) => state.frames[at] && idOf(frame) === idOf(state.frames[at]));
  if (all.length) wear(all[(now + by + all.length) % all.length], at);
}

function pane(at) {
  const photo = h("img", { class: "photo", alt: "" });
  const worn = h("img", { class: "worn", alt: "" });
  const turn = (by, d, name) => {
    const button = h("button", { type: "button", class: `turn ${name}` }, icon(d));
    button.onclick = () => ((active = at), step(at, by));
    return button;
  };
  const before = turn(-1, LEFT, "before");
  const after = turn(1, RIGHT, "after");
  const caption = h("figcaption", {});
  const sheet = h("div", { class: "sheet" }, photo, worn);
  const node = h("figure", { class: "pane", hidden: at === 1 }, sheet, h("div", { class: "wait" }), before, after, caption);
  node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) step(at, by);
  });
  swipe(node, (by) => step(at, by));
  return { at, node, sheet, photo, worn, before, after, caption, shown: "" };
}

function swipe(node, go) {
  let from = null;
  node.addEventListener("pointerdown", (event) => (from = event.pointerType === "mouse" ? null : event.clientX));
  node.addEventListener("pointerup", (event) => {
    if (from !== null && Math.abs(event.clientX - from) > 40) go(event.clientX < from ? 1 : -1);
    from = null;
  });
}

function render() {
  $("stage").classList.toggle("beside", state.beside);
  $("stage").classList.toggle("scanning", state.phase === "working" && !state.view?.face);
  renderMarks();
  for (const one of panes) renderPane(one);
  place();
}

/** What was measured is shown until a frame covers it. */
function renderMarks() {
  const [{ sheet, photo, shown }] = panes;
  const face = state.view?.face;
  const wanted = face?.box && !shown && state.phase !== "start";
  const there = sheet.querySelector(".marks");
  if (!wanted) return there?.remove();
  if (there) return;
  const overlay = marks(face);
  overlay.classList.add("marks");
  photo.after(overlay);
}

function renderPane(one) {
  const frame = state.frames[one.at];
  one.node.hidden = one.at === 1 && !state.beside;
  one.before.setAttribute("aria-label", t("stage.before"));
  one.after.setAttribute("aria-label", t("stage.after"));
  one.before.hidden = one.after.hidden = shelf().length < 2;
  one.caption.textContent = frame && state.beside ? nameOf(frame) : "";
  if (!state.photo) for (const image of [one.photo, one.worn]) image.removeAttribute("src");
  else if (one.photo.src !== state.photo.url) one.photo.src = state.photo.url;
  one.photo.alt = one.at === 0 && (!frame || state.bare) ? t("stage.you") : "";
  one.worn.alt = frame && !state.bare ? t("stage.you_in", { name: nameOf(frame) }) : "";
  one.worn.classList.toggle("on", !state.bare && one.shown !== "");
  if (!one.node.hidden) dressPane(one, frame);
}

async function dressPane(one, frame) {
  const path = frame ? wornPath(frame) : "";
  if (path === one.wanted) return;
  one.wanted = path;
  one.node.classList.toggle("waiting", Boolean(path));
  const url = path ? await picture(path).catch(() => "") : "";
  if (one.wanted !== path) return;
  if (url) {
    one.worn.src = url;
    await one.worn.decode().catch(() => {});
  }
  if (one.wanted !== path) return;
  one.shown = url;
  if (one.at === 0) renderMarks();
  one.node.classList.remove("waiting");
  one.node.classList.toggle("failed", Boolean(path) && !url);
  one.worn.classList.toggle("on", Boolean(url) && !state.bare);
  if (one.at === 0) ahead();
}

/** Fetch what comes next before it is asked for, one after the other. */
async function ahead() {
  for (const frame of shelf()) await picture(wornPath(frame)).catch(() => {});
}

/** Show the photo from its middle, and once the face is found go up to it. */
function place() {
  const { photo, view } = state;
  const face = view?.face?.box ? view.face : null;
  const news = face && !$("stage").classList.contains("found");
  for (const { node, sheet } of panes) {
    if (node.hidden || !photo?.width || !node.clientHeight) continue;
    const ratio = node.clientWidth / node.clientHeight;
    const before = sheet.style.transform;
    if (face) lay(sheet, cropOf(face, ratio), face.image_width, face.image_height);
    else lay(sheet, coverOf(photo, ratio), photo.width, photo.height);
    if (news && before && !CALM.matches) sheet.animate({ transform: [before, sheet.style.transform] }, { duration: 500, easing: "cubic-bezier(0.3, 0, 0.1, 1)" });
  }
  $("stage").classList.toggle("found", Boolean(face));
}

function renderTools() {
  const ready = Boolean(state.frames[0]);
  const toggle = (name, d) => {
    const button = h("button", { type: "button", class: "tool", "data-key": name, "aria-pressed": String(state[name]), disabled: !ready }, icon(d), h("span", {}, t(`stage.${name}`)));
    button.onclick = () => set({ [name]: !state[name] });
    return button;
  };
  const give = h("button", { type: "button", class: "tool", "data-key": "share", disabled: !ready }, icon("M12 15V4m0 0L8 8m4-4 4 4M5 12v8h14v-8"), h("span", {}, t("stage.share")));
  give.onclick = () => share(state.beside ? state.frames : [state.frames[0]]);
  fill($("tools"), toggle("bare", EYE), toggle("beside", "M4 5h7v14H4zM13 5h7v14h-7z"), give);
}

function renderStrip() {
  const all = shelf();
  const words = nothing();
  if (words && !all.length) return fill($("strip"), h("p", { class: "none" }, words));
  const items = all.length ? all.map(item) : Array.from({ length: 6 }, ghost);
  if (!state.designs.length && !ABSENT.has(state.view?.designStatus)) items.push(ghost());
  fill($("strip"), words && h("p", { class: "none" }, words), h("ol", { "aria-label": t("strip.label"), "aria-busy": String(!all.length) }, ...items));
}

/** The place of a frame that is still to come. */
const ghost = () => h("li", { class: "ghost" }, h("span", { class: "tile" }), h("span", { class: "tag" }, "\u00a0"));

function item(frame, place) {
  const worn = state.frames.slice(0, state.beside ? 2 : 1).some((one) => one && idOf(one) === idOf(frame));
  const label = [frame.design ? "" : t("strip.rank", { n: place + 1 }), nameOf(frame), brief(frame), price(frame)].filter(Boolean).join(", ");
  const button = h("button", { type: "button", "aria-pressed": String(worn), "aria-label": label, "data-key": `strip-${idOf(frame)}` }, tile(frame, 240), h("span", { class: "tag" }, h("b", {}, frame.design ? "✦" : place + 1), h("span", {}, price(frame))));
  button.onclick = () => wear(frame);
  return h("li", {}, button);
}
