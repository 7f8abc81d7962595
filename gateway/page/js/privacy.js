// What becomes of the photo, and deleting it now.

import { $, fill, h, icon, say, toast } from "./dom.js";
import { forget } from "./run.js";
import { on, state } from "./store.js";
import { clock, t } from "./text.js";

const BIN = "M4.5 7h15M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13M10.500 11v5.500M13.500 11v5.500";

export function mountPrivacy() {
  on(["view", "lang", "phase"], render);
  $("again").onclick = startAgain;
  on(["phase"], () => ($("again").hidden = state.phase === "start"));
}

function render() {
  if (!state.view?.expires) return fill($("privacy"));
  const button = h("button", { type: "button", class: "small", "data-key": "delete" }, icon(BIN), t("privacy.delete"));
  button.onclick = confirm;
  fill($("privacy"), h("p", {}, t("privacy.until", { time: clock(new Date(state.view.expires)) })), button);
}

function confirm() {
  const yes = h("button", { type: "button", class: "primary" }, t("privacy.yes"));
  const no = h("button", { type: "button", autofocus: true }, t("privacy.no"));
  const wrong = h("p", { class: "wrong", role: "alert" });
  const dialog = h("dialog", { class: "words", "aria-labelledby": "delete-title" }, h("h2", { id: "delete-title" }, t("privacy.title")), h("p", {}, t("privacy.what")), wrong, h("div", { class: "row" }, yes, no));
  no.onclick = () => dialog.close();
  yes.onclick = async () => {
    yes.disabled = true;
    try {
      await forget();
      dialog.close();
      toast(t("privacy.done"));
      $("main").focus();
    } catch {
      wrong.textContent = t("privacy.failed");
      yes.disabled = false;
    }
  };
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

/** Another photo: the one before is deleted, too. */
async function startAgain() {
  try {
    await forget();
    say(t("privacy.done"));
  } catch {
    toast(t("privacy.failed"));
  }
  $("main").focus();
}
