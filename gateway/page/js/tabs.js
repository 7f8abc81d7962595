// Tabs, by the ARIA pattern: arrows move between them, one panel is shown.

import { $, h } from "./dom.js";
import { t } from "./text.js";

/** @param pages [name, panel element] pairs; @returns {open, relabel, badge} */
export function mountTabs(pages) {
  const tabs = pages.map(([name, panel]) => {
    const tab = h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` }, h("span", {}), h("i", { class: "badge", hidden: true }));
    Object.assign(panel, { id: `panel-${name}`, tabIndex: 0 });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.onclick = () => open(name);
    $("tabs").append(tab);
    $("panels").append(panel);
    return tab;
  });

  function open(name) {
    pages.forEach(([other, panel], at) => {
      const chosen = other === name;
      panel.hidden = !chosen;
      tabs[at].setAttribute("aria-selected", String(chosen));
      tabs[at].tabIndex = chosen ? 0 : -1;
    });
  }

  $("tabs").addEventListener("keydown", (event) => {
    const now = tabs.indexOf(document.activeElement);
    const last = tabs.length - 1;
    const next = { ArrowRight: now === last ? 0 : now + 1, ArrowLeft: now ? now - 1 : last, Home: 0, End: last }[event.key];
    if (next === undefined || now < 0) return;
    event.preventDefault();
    open(pages[next][0]);
    tabs[next].focus();
  });

  open(pages[0][0]);
  return {
    open,
    relabel: () => pages.forEach(([name], at) => (tabs[at].firstChild.textContent = t(`tab.${name}`))),
    badge: (name, count) => {
      const mark = tabs[pages.findIndex(([other]) => other === name)].lastChild;
      mark.textContent = count || "";
      mark.hidden = !count;
    },
  };
}
