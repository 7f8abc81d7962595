// Frames as the page shows them: their pictures, their words, and which are there to choose from.

import { picture } from "./api.js";
import { h } from "./dom.js";
import { glasses } from "./drawings.js";
import { state } from "./store.js";
import { number, t, term } from "./text.js";

const part = encodeURIComponent;

/** What can be put on: the recommendations, then the newest drawing and those kept. */
export function shelf() {
  const newest = state.designs.at(-1);
  return [...(state.view?.matches?.matches ?? []), ...state.designs.filter((design) => design.kept || design === newest)];
}

/** Why there is no recommendation, where the search has ended without one. */
export function nothing() {
  const { matches } = state.view ?? {};
  return matches && !matches.matches.length ? (matches.reason ?? t("strip.none")) : "";
}

export const idOf = (frame) => (frame.design ? `${frame.job}/${frame.frame}` : frame.frame);
export const nameOf = (frame) => (frame.design ? t("unique.name") : frame.name || frame.frame);

/** The path of a frame on the face. Catalogue frames hang on the job of the photo, so an edit draws none anew. */
export const wornPath = (frame) => `v1/jobs/${part(frame.job ?? state.root)}/try-on/${part(frame.frame)}`;

export function picturePath(frame, width = 480) {
  if (frame.design) return `v1/jobs/${part(frame.job)}/images/${part(frame.name)}`;
  const catalogue = state.view?.matches?.catalogue;
  return `v1/frames/${part(frame.frame)}/image?format=png&width=${width}${catalogue ? `&catalogue=${part(catalogue)}` : ""}`;
}

/** A tile with the picture of a frame; until it is there, and where it cannot be had, a drawn pair of glasses. */
export function tile(frame, width) {
  const box = h("span", { class: "tile" }, glasses());
  picture(picturePath(frame, width)).then(
    (url) => box.replaceChildren(h("img", { src: url, alt: "", decoding: "async" })),
    () => box.classList.add("without"),
  );
  return box;
}

/** A bar of a share, 0 to 1; the number beside it speaks for it. */
export function bar(share) {
  const inner = h("span", {});
  inner.style.width = `${Math.round(share * 100)}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, inner);
}

/** Shape, rim and colour in a few words. */
export function brief(frame) {
  if (frame.design) return t("unique.brief");
  const { shape, rim, color } = frame.details ?? {};
  return [["color", color], ["shape", shape], ["rim", rim]].filter(([, v]) => v).map(([kind, v]) => term(kind, v)).join(" · ");
}

export function price(frame) {
  const { price: amount, currency } = frame.details ?? {};
  if (typeof amount !== "number") return "";
  return currency ? number(amount, { style: "currency", currency, maximumFractionDigits: 2, minimumFractionDigits: 0 }) : number(amount);
}

/** How well a frame fits the wish, 0 to 1; only the balanced score is a share of what was wished. */
export const fitOf = (score) => (state.view?.matches?.strategy === "balanced" && typeof score === "number" ? Math.max(0, Math.min(1, score)) : null);
