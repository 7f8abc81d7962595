// What the shopper wants: filters of the shop, taste, and how frames are scored.

import { read } from "./api.js";
import { fill, h } from "./dom.js";
import { again } from "./run.js";
import { FRESH, on, set, state } from "./store.js";
import { t, term } from "./text.js";

const PAUSE = 350; // ms after the last choice
const CHIPS = {
  shapes: ["rectangle", "square", "oval", "round", "aviator", "cat_eye", "clubmaster", "walnut", "wayfarer", "other_shape"],
  rims: ["full_rim", "semi_rim", "rimless"],
  materials: ["plastic", "metal"],
  colors: ["black", "brown", "gold", "blue", "silver", "red", "green", "purple", "grey", "transparent", "pink", "white", "multicolor"],
};
const KINDS = { shapes: "shape", rims: "rim", materials: "material", colors: "color" };
const RANGES = { price: [0, 100000, 1], lens_width: [30, 70, 1] };
const NEXT = { 0: 1, 1: -1, [-1]: 0 };
const MOOD = { 0: "indifferent", 1: "liked", [-1]: "avoided" };

export const panel = h("div", { class: "refine-panel" });
let strategies = [];
let usual = "";
let timer;

export function mountRefine(badge) {
  read("v1/strategies").then(({ strategies: all, default: first }) => {
    strategies = all.map((one) => one.name);
    usual = first;
    render();
  }, () => {});
  on(["lang"], render);
  on(["choices", "view", "lang"], () => badge(chosen()));
  on(["phase"], () => state.phase !== "done" || render());
  render();
}

/** How many things the shopper chose. */
function chosen() {
  const { filters, preferences, strategy } = state.choices;
  return Object.keys(filters).length + Object.keys(preferences.shapes).length + Object.keys(preferences.colors).length + Number(Boolean(strategy));
}

function choose(patch) {
  set({ choices: { ...state.choices, ...patch } });
  clearTimeout(timer);
  timer = setTimeout(() => again(), PAUSE);
}

function filter(name, value) {
  const filters = { ...state.choices.filters, [name]: value };
  if (value === null || value === false || value.length === 0) delete filters[name];
  choose({ filters });
}

function render() {
  const { preferences } = state.choices;
  const reset = h("button", { type: "button", class: "link", "data-key": "reset" }, t("refine.reset"));
  reset.onclick = () => {
    choose(structuredClone(FRESH.choices));
    render();
  };
  fill(
    panel,
    h("header", { class: "refine-head" }, h("h2", {}, t("refine.title")), reset),
    field("refine.gender", radios("gender", [["", "refine.gender.any"], ["female", "refine.gender.female"], ["male", "refine.gender.male"]], state.choices.filters.gender ?? "", (value) => filter("gender", value || null))),
    field("refine.taste", h("p", { class: "fine" }, t("refine.taste.how")), moods("shapes", preferences), moods("colors", preferences)),
    weighing(preferences),
    h(
      "details",
      { class: "shop" },
      h("summary", { "data-key": "shop" }, t("refine.shop")),
      ...Object.keys(CHIPS).map((name) => field(`refine.${name}`, checks(name))),
      ...Object.keys(RANGES).map((name) => field(`refine.${name}`, range(name))),
      stock(),
    ),
    strategies.length ? h("details", { class: "method" }, h("summary", { "data-key": "method" }, t("refine.method")), method()) : null,
  );
}

const field = (title, ...parts) => h("fieldset", {}, h("legend", {}, t(title)), ...parts);

function radios(name, options, now, act) {
  const items = options.map(([value, label]) => {
    const input = h("input", { type: "radio", name, value, "data-key": `${name}-${value}` });
    input.checked = value === now;
    input.onchange = () => act(value);
    return h("label", { class: "pill" }, input, h("span", {}, t(label)));
  });
  return h("div", { class: "pills" }, ...items);
}

function checks(name) {
  const now = state.choices.filters[name] ?? [];
  const items = CHIPS[name].map((value) => {
    const input = h("input", { type: "checkbox", "data-key": `${name}-${value}` });
    input.checked = now.includes(value);
    input.onchange = () => {
      const before = state.choices.filters[name] ?? [];
      filter(name, input.checked ? [...before, value] : before.filter((one) => one !== value));
    };
    return h("label", { class: "pill" }, input, h("span", {}, swatch(name, value), term(KINDS[name], value)));
  });
  return h("div", { class: "pills" }, ...items);
}

const swatch = (name, value) => (name === "colors" ? h("i", { class: `swatch ${value}`, "aria-hidden": "true" }) : null);

function moods(name, preferences) {
  const items = CHIPS[name].map((value) => {
    const mood = preferences[name][value] ?? 0;
    const button = h("button", { type: "button", class: `pill mood ${MOOD[mood]}`, "data-key": `mood-${value}` }, h("span", {}, swatch(name, value), term(KINDS[name], value), h("span", { class: "mark" }, t(`refine.${MOOD[mood]}`))));
    button.onclick = () => {
      const now = state.choices.preferences;
      const next = { ...now[name], [value]: NEXT[mood] };
      if (!NEXT[mood]) delete next[value];
      choose({ preferences: { ...now, [name]: next } });
      render();
    };
    return button;
  });
  return h("div", { class: "pills" }, ...items);
}

/** Colour against shape: only the balanced way of scoring can weigh them. */
function weighing({ weight }) {
  if (!strategies.includes("balanced")) return null;
  const input = h("input", { type: "range", min: 0, max: 1, step: 0.1, value: weight, "aria-label": t("refine.weight"), "data-key": "weight" });
  input.oninput = () => choose({ strategy: usual === "balanced" ? null : "balanced", preferences: { ...state.choices.preferences, weight: Number(input.value) } });
  return field("refine.weight", h("div", { class: "weigh" }, h("span", {}, t("refine.weight.shape")), input, h("span", {}, t("refine.weight.color"))));
}

function range(name) {
  const [least, most, step] = RANGES[name];
  const one = (end) => {
    const key = `${name}_${end}`;
    const input = h("input", { type: "number", inputmode: "numeric", min: least, max: most, step, value: state.choices.filters[key] ?? "", "aria-label": `${t(`refine.${name}`)}: ${t(`refine.${end}`)}`, placeholder: t(`refine.${end}`), "data-key": key });
    input.onchange = () => input.checkValidity() && filter(key, input.value === "" ? null : Number(input.value));
    return input;
  };
  return h("div", { class: "range" }, one("min"), h("span", { "aria-hidden": "true" }, "–"), one("max"));
}

function stock() {
  const input = h("input", { type: "checkbox", "data-key": "in_stock" });
  input.checked = Boolean(state.choices.filters.in_stock);
  input.onchange = () => filter("in_stock", input.checked);
  return h("label", { class: "check" }, input, t("refine.in_stock"));
}

function method() {
  const now = state.choices.strategy ?? usual;
  const items = strategies.map((name) => {
    const input = h("input", { type: "radio", name: "strategy", value: name, "data-key": `strategy-${name}` });
    input.checked = name === now;
    input.onchange = () => choose({ strategy: name === usual ? null : name });
    return h("label", { class: "method-one" }, input, h("span", {}, h("b", {}, term("strategy", name)), h("span", {}, t(`strategy.${name}.about`))));
  });
  return h("div", {}, ...items);
}
