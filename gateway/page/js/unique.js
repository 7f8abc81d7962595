// The frame drawn for this face alone: draw another, keep, try on, download.

import { send } from "./api.js";
import { $, fill, h, icon } from "./dom.js";
import { picturePath, tile } from "./frames.js";
import { drawAnother } from "./run.js";
import { give } from "./share.js";
import { wear } from "./stage.js";
import { on, set, state } from "./store.js";
import { t, term } from "./text.js";

const SPARK = "M12 3l1.8 5.2L19 10l-5.2 1.8L12 17l-1.8-5.2L5 10l5.2-1.8z";
const HEART = "M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.4 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10Z";
const WEAR = "M2.5 9h19M4 9c0 7 7 7 7 0M13 9c0 7 7 7 7 0";
const SAVE = "M12 4v11m0 0-4-4m4 4 4-4M5 15v5h14v-5";
const TICK = "m5 12.5 4.5 4.5L19 7.5";
const DASH = "M6 12h12";
const READ = { shape: "shape", rim: "rim", color: "color", material: "material", upper: "upper_line" }; // told, by group
const ABSENT = new Set(["not installed", "failed"]);

export const panel = h("div", { class: "unique-panel" });
let drawing = false;

export function mountUnique() {
  on(["designs", "view", "running", "lang", "phase"], render);
  render();
}

function render() {
  const { designs, view, running } = state;
  if (!running) drawing = false;
  const newest = designs.at(-1);
  const parts = [h("h2", {}, t("unique.title")), h("p", {}, t("unique.lead"))];
  if (newest) parts.push(card(newest), kept(newest));
  else if (ABSENT.has(view?.designStatus) && !running) parts.push(h("p", { class: "quiet-note" }, t("unique.absent")));
  else parts.push(h("div", { class: "canvas ghost" }));
  fill(panel, ...parts);
}

const button = (key, d, label, act, more = {}) => {
  const node = h("button", { type: "button", "data-key": `unique-${key}`, ...more }, icon(d), h("span", {}, label));
  node.onclick = act;
  return node;
};

function card(design) {
  const another = button("another", SPARK, t(drawing ? "unique.drawing" : "unique.another"), draw, { class: "primary", disabled: drawing });
  const keep = button("keep", HEART, t(design.kept ? "unique.kept" : "unique.keep"), () => mark(design), { "aria-pressed": String(design.kept) });
  const on_ = button("on", WEAR, t("unique.try"), () => {
    wear(design);
    $("stage").scrollIntoView({ block: "nearest" });
  });
  const save = button("save", SAVE, t("unique.save"), () => download(design));
  const image = tile(design);
  image.classList.add("canvas");
  if (drawing) image.classList.add("busy");
  return h("div", { class: "unique-card" }, image, h("div", { class: "row" }, another, on_, keep, save), wished(design), h("p", { class: "fine" }, t("unique.seed", { seed: design.seed ?? "–" })));
}

/** What was wished for, and whether a network that never saw the wish reads it from the drawing. */
function wished({ readings }) {
  const told = readings.filter(({ group }) => group in READ);
  if (!told.length) return null;
  const mark = ({ group, asked, seen }) => {
    const good = asked === seen;
    const name = group === "upper" ? `${t("detail.upper_line")}: ${term("upper_line", asked)}` : term(READ[group], asked);
    return h("li", { class: good ? "chip good" : "chip miss" }, icon(good ? TICK : DASH), name, h("span", { class: "unseen" }, ` – ${t(good ? "unique.met" : "unique.missed")}`));
  };
  return h("section", { class: "wished" }, h("h3", {}, t("unique.wished")), h("ul", { class: "chips" }, ...told.map(mark)));
}

function draw() {
  drawing = true;
  render();
  drawAnother();
}

const mark = (design) => set({ designs: state.designs.map((one) => (one === design ? { ...one, kept: !one.kept } : one)) });

async function download(design) {
  const blob = await (await send(picturePath(design))).blob();
  give(blob, `expertglasses-${design.seed ?? "design"}.${blob.type.split("/")[1]}`);
}

/** Drawings that were kept; the newest is shown large already. */
function kept(newest) {
  const others = state.designs.filter((design) => design.kept && design !== newest);
  if (!others.length) return null;
  const items = others.map((design, place) => {
    const node = h("button", { type: "button", "aria-label": t("unique.kept_one", { n: place + 1 }), "data-key": `kept-${design.job}-${design.name}` }, tile(design, 240));
    node.onclick = () => wear(design);
    return h("li", {}, node);
  });
  return h("section", { class: "more" }, h("h3", {}, t("unique.kept_title")), h("ul", { class: "tiles" }, ...items));
}
