// Words in the chosen language. A locale is one flat JSON file; a plural is an object of Intl's categories.

const LANGUAGES = ["en", "ru"];
const loaded = new Map();
let language = "en";
let words = {};

export const lang = () => language;

/** The language to begin with: the one chosen before, else the browser's. */
export function firstLanguage() {
  const wanted = [localStorage.getItem("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((code) => LANGUAGES.includes(code)) ?? "en";
}

/** Change the language and relabel everything that stands in the document. */
export async function speak(code) {
  if (!loaded.has(code)) {
    const answer = await fetch(`page/locales/${code}.json`);
    if (!answer.ok) throw new Error(`no words for ${code}`);
    loaded.set(code, await answer.json());
  }
  language = code;
  words = loaded.get(code);
  localStorage.setItem("language", code);
  document.documentElement.lang = code;
  document.title = t("page.title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-lang]"))
    node.setAttribute("aria-pressed", String(node.dataset.lang === code));
}

export const has = (key) => key in words;

/** The phrase of a key, with {names} filled in; a key nobody translated is shown as it is. */
export function t(key, values = {}) {
  let phrase = words[key] ?? key;
  if (typeof phrase === "object") phrase = phrase[new Intl.PluralRules(language).select(values.n)] ?? phrase.other;
  return phrase.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A word of the catalogue or the rules, e.g. term("color", "black"); one nobody knows is shown as it is. */
export function term(kind, value) {
  const key = `${kind}.${value}`;
  return has(key) ? t(key) : String(value).replaceAll("_", " ");
}

/** A value of a face's attribute in words; `yes` and the like are the same for all. */
export const valueOf = (attribute, value) =>
  has(`value.${attribute}.${value}`) ? t(`value.${attribute}.${value}`) : term("value", value);

export const number = (value, options) => new Intl.NumberFormat(language, options).format(value);
export const percent = (share) => number(share, { style: "percent", maximumFractionDigits: 0 });
export const clock = (date) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(date);
