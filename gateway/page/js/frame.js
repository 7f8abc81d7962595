// The frame on the stage: what it is, why it suits, its colours, and frames like it.

import { read } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { bar, brief, fitOf, idOf, nameOf, nothing, price, shelf, tile } from "./frames.js";
import { wear } from "./stage.js";
import { on, state } from "./store.js";
import { number, percent, t, term } from "./text.js";

const TICK = "m5 12.5 4.5 4.5L19 7.5";
const DASH = "M6 12h12";
const known = new Map(); // frame id → its other colours, and frames like it
const answers = new Map(); // job and frame → why it is not among the recommendations

export const panel = h("div", { class: "frame-panel" });

export function mountFrame() {
  on(["frames", "view", "lang", "phase"], render);
}

function render() {
  const frame = state.frames[0];
  if (!frame) return fill(panel, ...(nothing() ? [h("p", { class: "quiet-note" }, nothing())] : skeleton()));
  if (frame.design) return fill(panel, heading(frame), h("p", {}, t("unique.about")));
  fill(panel, heading(frame), product(frame), ...reasons(frame), facts(frame), ...related(frame));
}

/** The frame by itself, as it lies in the shop. */
function product(frame) {
  const picture = tile(frame, 720);
  picture.classList.add("product");
  return picture;
}

const skeleton = () => [h("div", { class: "bone title" }), h("div", { class: "bone short" }), h("div", { class: "bone tall" }), h("div", { class: "bone" }), h("div", { class: "bone short" })];

function heading(frame) {
  const rank = shelf().findIndex((one) => idOf(one) === idOf(frame)) + 1;
  const place = frame.design ? "" : rank ? t("frame.rank", { n: rank }) : t(frame.like ? "frame.like" : "frame.colour");
  return h(
    "header",
    { class: "frame-head" },
    h("p", { class: "over" }, place),
    h("h2", {}, nameOf(frame)),
    h("p", { class: "brief" }, brief(frame), price(frame) ? h("strong", { class: "price" }, price(frame)) : null),
  );
}

/** Why it is recommended, or what keeps it from being so. */
function reasons(frame) {
  const told = frame.why ? { why: frame.why, text: frame.why.text, score: frame.score } : answers.get(question(frame));
  if (!told?.why) return told ? [] : [h("div", { class: "bone" }), h("div", { class: "bone short" })];
  const fit = fitOf(told.score);
  const meter = fit === null ? null : h("div", { class: "fit" }, h("span", { class: "fit-number" }, percent(fit)), h("span", {}, t("frame.fits")), bar(fit));
  return [h("section", { class: "reasons", "aria-label": t("frame.why") }, meter, told.text ? h("p", { class: "why-text" }, told.text) : null, blocks(told.why))];
}

function blocks({ matched, missed }) {
  const row = (block, good) => {
    const words = (good ? block.has.filter((name) => block.wanted.includes(name)) : block.wanted).slice(0, 3);
    const told = (words.length ? words : block.has).map((name) => term("feature", name)).join(", ");
    return h("li", { class: good ? "good" : "miss" }, icon(good ? TICK : DASH), h("span", {}, h("b", {}, term("block", block.block)), " ", !told ? t("frame.as_wished") : good ? told : t("frame.wished", { words: told })), h("span", { class: "share" }, percent(block.weight)));
  };
  const missing = (missed ?? []).slice(0, 3);
  const rows = [...(matched ?? []).slice(0, 5).map((block) => row(block, true)), ...missing.map((block) => row(block, false))];
  return rows.length ? [h("p", { class: "columns", "aria-hidden": "true" }, h("span", {}, t("frame.advised")), h("span", {}, t("frame.counts"))), h("ul", { class: "blocks" }, ...rows)] : [];
}

const TOLD = ["shape", "rim", "material", "color", "second_color", "finish", "upper_line", "bridge"];
const USUAL = { finish: "plain" }; // goes without saying
const SIZES = ["lens_width", "bridge_width", "temple_length"];

function facts(frame) {
  const { details } = frame;
  const pairs = TOLD.filter((name) => details[name] && details[name] !== USUAL[name] && !(name === "second_color" && details.second_color === details.color)).map((name) => [
    t(`detail.${name}`),
    term(name === "second_color" ? "color" : name, String(details[name]).replace(/^upper_/, "")),
  ]);
  if (SIZES.every((name) => details[name])) pairs.push([t("detail.size"), `${details.lens_width}–${details.bridge_width}–${details.temple_length} mm`]);
  if (typeof details.in_stock === "boolean") pairs.push([t("detail.stock"), t(details.in_stock ? "yes" : "no")]);
  if (frame.score !== undefined) pairs.push([t("detail.score"), number(frame.score, { maximumSignificantDigits: 4 })]);
  return h("dl", { class: "facts" }, ...pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Colour variants and frames like it; asked for once a frame, shown when they come. */
function related(frame) {
  const found = known.get(frame.frame);
  if (!found) ask(frame);
  if (!frame.why && !answers.has(question(frame))) askWhy(frame);
  const colors = found?.colors ?? (frame.variants ?? []).map((id) => ({ frame: id, details: {} }));
  const like = found?.like ?? (found ? [] : Array.from({ length: 4 }, () => null));
  return [row("frame.colors", colors, "colors", frame), row("frame.similar", like, "similar", frame)];
}

function row(title, frames, kind, shown) {
  if (!frames.length) return null;
  const items = frames.map((frame) => {
    if (!frame) return h("li", { class: "ghost" }, h("span", { class: "tile" }));
    const button = h("button", { type: "button", "aria-pressed": String(frame.frame === shown.frame), "aria-label": [nameOf(frame), brief(frame), price(frame)].filter(Boolean).join(", "), "data-key": `${kind}-${frame.frame}` }, tile(frame, 200));
    button.onclick = () => wear(kind === "similar" ? { ...frame, like: true } : { ...frame, variants: [shown.frame, ...shown.variants].filter((id) => id !== frame.frame) });
    return h("li", {}, button);
  });
  return h("section", { class: "more" }, h("h3", {}, t(title)), h("ul", { class: "tiles" }, ...items));
}

async function ask(frame) {
  const place = `v1/frames/${encodeURIComponent(frame.frame)}`;
  const catalogue = `catalogue=${encodeURIComponent(state.view.matches.catalogue)}`;
  known.set(frame.frame, { like: null });
  const [colors, like] = await Promise.all([
    Promise.all((frame.variants ?? []).slice(0, 7).map((id) => read(`v1/frames/${encodeURIComponent(id)}?${catalogue}`).then(asFrame, () => null))),
    read(`${place}/similar?limit=4&${catalogue}`).then(({ frames }) => frames.map(asFrame), () => []),
  ]);
  known.set(frame.frame, { colors: colors.filter(Boolean), like });
  if (state.frames[0]?.frame === frame.frame) render();
}

const question = (frame) => `${state.view.id}/${frame.frame}`;

async function askWhy(frame) {
  const asked = question(frame);
  answers.set(asked, null);
  const told = await read(`v1/jobs/${encodeURIComponent(state.view.id)}/why-not/${encodeURIComponent(frame.frame)}`).catch(() => ({}));
  answers.set(asked, told);
  if (state.frames[0] && question(state.frames[0]) === asked) render();
}

/** A frame as the catalogue tells it, in the form of a match. */
const asFrame = (told) => ({ details: {}, ...told, frame: told.id });
