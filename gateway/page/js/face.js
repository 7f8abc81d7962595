// The face: what was seen in the photo, drawn on it and in words, and every word can be corrected.

import { read } from "./api.js";
import { cropOf, lay } from "./crop.js";
import { fill, h, icon, say } from "./dom.js";
import { drawing } from "./drawings.js";
import { bar } from "./frames.js";
import { marks } from "./landmarks.js";
import { edit } from "./run.js";
import { on, state } from "./store.js";
import { percent, t, term, valueOf } from "./text.js";

const GROUPS = {
  shape: ["faceshape", "ratio", "jawtype", "highcheekbones", "chubby", "doublechin", "forehead"],
  eyes: ["eyes_iris", "eyes_narrow", "eyebrows_shape", "eyebrows_thickness"],
  mouth: ["nose_size", "lips", "mustache", "beard"],
  hair: ["hair", "bangs", "bald", "skintone", "paleskin"],
  person: ["gender", "race"],
};
// Which lines of the drawing an attribute looks at.
const LOOKS = {
  faceshape: ["outline"], ratio: ["outline"], jawtype: ["jaw"], highcheekbones: ["outline"], chubby: ["outline"], doublechin: ["jaw"],
  forehead: ["forehead"], bangs: ["forehead"], bald: ["forehead"], hair: ["forehead"], eyes_iris: ["eyeLeft", "eyeRight"], eyes_narrow: ["eyeLeft", "eyeRight"],
  eyebrows_shape: ["browLeft", "browRight"], eyebrows_thickness: ["browLeft", "browRight"], nose_size: ["nose"], lips: ["lips"], mustache: ["lips"], beard: ["jaw"],
};
const CLOSE = 1.45; // heights of the face box in the portrait
const UNDO = "M9 7H4V2M4.5 7A8.5 8.5 0 1 1 4 14";

export const panel = h("div", { class: "face-panel" });
const portrait = h("div", { class: "portrait" });
const rows = new Map();
let legal = null;
let marked = true;

export function mountFace() {
  read("v1/attributes").then(({ face, face_shapes }) => ((legal = { ...face, faceshape: face_shapes }), update()), () => {});
  on(["lang", "photo"], build);
  on(["view", "edits"], update);
  build();
}

function build() {
  rows.clear();
  const toggle = h("input", { type: "checkbox", id: "landmarks" });
  toggle.checked = marked;
  toggle.onchange = () => {
    marked = toggle.checked;
    portrait.classList.toggle("plain", !marked);
  };
  const groups = Object.entries(GROUPS).map(([name, attributes]) => h("fieldset", {}, h("legend", {}, t(`group.${name}`)), ...attributes.map(row)));
  fill(
    panel,
    h("div", { class: "face-head" }, portrait, h("div", {}, h("h2", {}, t("face.title")), h("p", {}, t("face.lead")), h("label", { class: "check" }, toggle, t("face.landmarks")), h("div", { class: "advice" }))),
    h("div", { class: "attributes" }, ...groups),
  );
  update();
}

function row(name) {
  const select = h("select", { id: `attribute-${name}`, "data-key": `attribute-${name}` });
  const sure = h("span", { class: "sure" });
  const undo = h("button", { type: "button", class: "undo", hidden: true, title: t("face.undo"), "aria-label": `${t("face.undo")}: ${term("attribute", name)}` }, icon(UNDO));
  const node = h("div", { class: "attribute" }, h("label", { for: select.id }, term("attribute", name)), select, sure, undo);
  select.onchange = () => {
    say(t("face.changed"));
    edit(name, name === "faceshape" ? { [select.value]: 1 } : select.value);
  };
  undo.onclick = () => {
    select.focus();
    edit(name, null);
  };
  for (const kind of ["focusin", "pointerenter"]) node.addEventListener(kind, () => light(name, true));
  for (const kind of ["focusout", "pointerleave"]) node.addEventListener(kind, () => light(name, false));
  rows.set(name, { node, select, sure, undo });
  return node;
}

function light(name, onOff) {
  for (const ring of LOOKS[name] ?? []) portrait.querySelector(`.ring-${ring}`)?.classList.toggle("lit", onOff);
}

function update() {
  const face = state.view?.face;
  for (const [name, parts] of rows) updateRow(name, parts, face);
  drawFace(face);
  advise(face);
}

/** {value, confidence, reason, evidence} of an attribute; of the face shape its likeliest. */
function seen(face, name) {
  if (name !== "faceshape") return face[name];
  const [[value, confidence] = ["unknown", 0]] = Object.entries(face.faceshape).sort((a, b) => b[1] - a[1]);
  return { value, confidence };
}

function updateRow(name, { node, select, sure, undo }, face) {
  const edited = name in state.edits;
  const { value, confidence, reason } = face ? seen(face, name) : { value: "unknown", confidence: 0 };
  const shown = edited ? (name === "faceshape" ? Object.keys(state.edits[name])[0] : state.edits[name]) : value;
  const values = [...new Set([...(legal?.[name] ?? []), ...(name === "race" ? ["black", "other"] : []), shown, "unknown"])];
  const wanted = values.join();
  if (select.dataset.values !== wanted) {
    select.dataset.values = wanted;
    select.replaceChildren(...values.map((one) => h("option", { value: one }, valueOf(name, one))));
  }
  select.value = shown;
  select.disabled = !face;
  node.classList.toggle("edited", edited);
  node.classList.toggle("unknown", shown === "unknown");
  undo.hidden = !edited;
  const words = edited ? t("face.yours") : shown === "unknown" ? t("face.unseen") : percent(confidence);
  sure.title = reason ?? "";
  fill(sure, edited || shown === "unknown" ? null : bar(confidence), h("span", { class: "sure-words" }, edited || shown === "unknown" ? words : h("span", {}, h("span", { class: "unseen" }, t("face.sure")), words)));
}

function drawFace(face) {
  if (!face?.box || !state.photo) return portrait.replaceChildren();
  const photo = h("img", { src: state.photo.url, alt: t("face.alt") });
  const overlay = marks(face);
  for (const layer of [photo, overlay]) lay(layer, cropOf(face, 1, CLOSE), face.image_width, face.image_height);
  portrait.replaceChildren(photo, overlay);
  portrait.classList.toggle("plain", !marked);
}

/** What would make the photo better, where a result is given all the same. */
function advise(face) {
  const box = panel.querySelector(".advice");
  fill(box, ...(face?.advice ?? []).map((item) => h("p", {}, drawing(item.code, item), h("span", { lang: state.view.language }, item.sentence))));
}
