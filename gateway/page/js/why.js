// Why these frames: the summary first, every rule on demand.

import { fill, h } from "./dom.js";
import { on, state } from "./store.js";
import { number, percent, t, term, valueOf } from "./text.js";

const SHOWN = 8; // effects of a rule that are told without asking
const FAINT = 1e-9;

export const panel = h("div", { class: "why-panel" });
const list = h("ol", { class: "rules" });
let told = null;

export function mountWhy() {
  on(["view", "lang"], render);
}

function render() {
  const explanation = state.view?.explanation;
  if (!explanation) return fill(panel, h("div", { class: "bone title" }), h("div", { class: "bone" }), h("div", { class: "bone" }), h("div", { class: "bone short" }));
  if (told?.explanation === explanation && told.words === t("why.title")) return;
  told = { explanation, words: t("why.title") };
  const open = panel.querySelector("details")?.open ?? false;
  list.replaceChildren(...explanation.rules.map(rule));
  fill(
    panel,
    h("h2", {}, t("why.title")),
    h("p", { class: "summary", lang: explanation.language }, explanation.summary),
    h("details", { open, class: "trace" }, h("summary", { "data-key": "trace" }, t("why.rules", { n: explanation.rules.length })), h("p", { class: "fine" }, t("why.order")), list),
  );
}

function rule({ id, theme, saw, chance, raised, lowered, text }) {
  // The first sentence is the reason; what follows lists the features, which the marks below show with numbers.
  const reason = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  const seen = Object.entries(saw).map(([name, value]) => h("span", { class: "chip" }, `${term("attribute", name)}: ${valueOf(name, value)}`));
  if (chance < 1) seen.push(h("span", { class: "chip" }, t("why.chance", { p: percent(chance) })));
  return h(
    "li",
    { id: `rule-${id}` },
    h("p", { class: "saw" }, h("span", { class: "theme" }, term("theme", theme)), ...seen),
    h("p", { lang: state.view.explanation.language }, reason),
    effects(raised, lowered),
  );
}

function effects(raised, lowered) {
  const all = [...Object.entries(raised), ...Object.entries(lowered)].filter(([, by]) => Math.abs(by) > FAINT).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const mark = ([name, by]) =>
    h("li", { class: by > 0 ? "up" : "down" }, h("span", { "aria-hidden": "true" }, by > 0 ? "▲" : "▼"), h("span", { class: "unseen" }, t(by > 0 ? "why.raised" : "why.lowered")), ` ${term("feature", name)} `, h("span", { class: "by" }, number(by, { signDisplay: "always", maximumFractionDigits: 2 })));
  const rest = all.slice(SHOWN);
  const marks = h("ul", { class: "effects" }, ...all.slice(0, SHOWN).map(mark));
  if (rest.length) {
    const more = h("button", { type: "button", class: "link" }, t("why.more", { n: rest.length }));
    const last = h("li", {}, more);
    more.onclick = () => last.replaceWith(...rest.map(mark));
    marks.append(last);
  }
  return marks;
}
