// Puts the page together.

import { onKeyWanted, send } from "./api.js";
import { $, fill, h, toast } from "./dom.js";
import { mountFace, panel as facePanel } from "./face.js";
import { mountFrame, panel as framePanel } from "./frame.js";
import { mountPrivacy } from "./privacy.js";
import { mountProgress } from "./progress.js";
import { mountRefine, panel as refinePanel } from "./refine.js";
import { again, resume } from "./run.js";
import { mountStage } from "./stage.js";
import { mountStart } from "./start.js";
import { on, set, state } from "./store.js";
import { mountTabs } from "./tabs.js";
import { firstLanguage, has, lang, speak, t } from "./text.js";
import { mountUnique, panel as uniquePanel } from "./unique.js";
import { mountWhy, panel as whyPanel } from "./why.js";

async function relabel(code) {
  await speak(code);
  set({ lang: code });
}

/** The labels change at once; what the service wrote is asked for again in the new language. */
async function changeLanguage(code) {
  if (code === lang()) return;
  await relabel(code);
  if (state.view?.face) again();
}

/** A service that needs an access key gets it from the shopper's side of the counter. */
function askKey(wrong) {
  return new Promise((resolve) => {
    const close = h("button", { type: "button" }, t("close"));
    const input = h("input", { type: "password", name: "key", autocomplete: "off", required: true, id: "key" });
    const form = h("form", { method: "dialog" }, h("label", { for: "key" }, t("key.label")), input, h("p", { class: "wrong" }, wrong ? t("key.wrong") : ""), h("div", { class: "row" }, h("button", { class: "primary" }, t("key.go")), close));
    const dialog = h("dialog", { class: "words", "aria-labelledby": "key-title" }, h("h2", { id: "key-title" }, t("key.title")), form);
    dialog.oncancel = () => (input.value = "");
    close.onclick = () => {
      input.value = "";
      dialog.close();
    };
    dialog.onclose = () => {
      dialog.remove();
      resolve(input.value.trim());
    };
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Trouble after the face was seen: the result stays, and a line says what went wrong. */
function tellTrouble() {
  const { trouble } = state;
  const shown = trouble && state.view?.face;
  $("notice").hidden = !shown;
  if (!shown) return;
  const retry = h("button", { type: "button", class: "link" }, t("trouble.retry"));
  retry.onclick = () => again();
  fill($("notice"), h("p", {}, has(`trouble.${trouble.code}`) ? t(`trouble.${trouble.code}`) : t(trouble.retryable ? "trouble.busy" : "trouble.title")), retry);
}

/** On a phone the stage may be out of sight when new frames arrive. */
function tellNewFrames() {
  const { bottom } = $("stage").getBoundingClientRect();
  if (state.jobs.length > 1 && bottom < 80) toast(t("toast.new"), t("toast.look"), () => $("stage").scrollIntoView({ behavior: "smooth" }));
}

async function photoOf(root, job) {
  const blob = await (await send(`v1/jobs/${encodeURIComponent(root)}/photo`)).blob();
  return { blob, url: URL.createObjectURL(blob), width: job.face.image_width, height: job.face.image_height };
}

onKeyWanted(askKey);
await relabel(firstLanguage());
const tabs = mountTabs([["frame", framePanel], ["why", whyPanel], ["face", facePanel], ["refine", refinePanel], ["unique", uniquePanel]]);
tabs.relabel();
on(["lang"], tabs.relabel);
on(["trouble", "lang"], tellTrouble);
on(["running"], () => {
  document.body.classList.toggle("running", state.running);
  if (state.running || state.phase !== "done") return;
  tellNewFrames();
  // The language was changed before there was a face to ask about again.
  if (!state.trouble && state.view.language !== lang()) again();
});
mountProgress();
mountStage();
mountFrame();
mountWhy();
mountFace();
mountRefine((count) => tabs.badge("refine", count));
mountUnique();
mountPrivacy();
mountStart();
for (const button of document.querySelectorAll("[data-lang]")) button.onclick = () => changeLanguage(button.dataset.lang);
await resume(photoOf);
document.body.classList.add("ready");
