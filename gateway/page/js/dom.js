// Elements are built, never written as markup: text goes in as text, whatever it holds.

const SVG = "http://www.w3.org/2000/svg";

function dress(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.setAttribute("class", value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

/** An HTML element: h("p", {class: "x", onclick: f}, "text", other). Empty children are left out. */
export function h(tag, props = {}, ...children) {
  const node = dress(document.createElement(tag), props);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** An SVG element. */
export function s(tag, props = {}, ...children) {
  const node = dress(document.createElementNS(SVG, tag), props);
  node.append(...children.flat());
  return node;
}

/** An icon from path data on a 24 × 24 grid. */
export const icon = (d) => s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, s("path", { d }));

export const $ = (id) => document.getElementById(id);

/** Replace what a container holds; who had the focus gets it back by its `data-key`. */
export function fill(container, ...nodes) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...nodes.flat().filter(Boolean));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Tell a screen reader. */
export function say(text) {
  $("said").textContent = text;
}

let hiding;

/** A short message at the bottom, with one thing to do about it. */
export function toast(text, label, act) {
  const box = $("toast");
  const [words, button] = box.children;
  words.textContent = text;
  button.textContent = label ?? "";
  button.hidden = !label;
  button.onclick = () => {
    box.hidden = true;
    act?.();
  };
  box.hidden = false;
  say(text);
  clearTimeout(hiding);
  hiding = setTimeout(() => (box.hidden = true), 8000);
}
