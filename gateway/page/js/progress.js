// How far the job is, stage by stage.

import { $, fill, h, icon, say } from "./dom.js";
import { on, state } from "./store.js";
import { number, t } from "./text.js";

const STAGES = ["perception", "expert", "search", "gan"];
const DONE = new Set(["succeeded", "skipped"]);
const TICK = "m5 12.5 4.5 4.5L19 7.5";
let told = "";

export function mountProgress() {
  on(["job", "running", "lang"], render);
}

function render() {
  const { job, running } = state;
  const box = $("progress");
  box.classList.toggle("busy", running);
  if (!job) return fill(box);
  fill(box, h("ol", { "aria-label": t("progress.label") }, ...STAGES.map((stage) => step(stage, job.stages[stage], job))));
  announce(job);
}

function step(name, { state: now, seconds }, job) {
  // A queue's pause between two stages is no pause of the job: the next one counts as at work.
  const next = STAGES.find((stage) => !DONE.has(job.stages[stage].state));
  const look = DONE.has(now) ? "done" : now === "failed" ? "failed" : name === next && state.running ? "now" : "waiting";
  const mark = look === "done" ? icon(TICK) : h("span", { class: "dot" });
  const time = seconds ? h("span", { class: "time" }, t("seconds", { s: number(seconds, { maximumFractionDigits: 2 }) })) : null;
  return h("li", { class: look }, mark, h("span", {}, t(`stage.${name}`), h("span", { class: "unseen" }, ` – ${t(`progress.${look}`)}`)), time);
}

function announce(job) {
  const now = STAGES.find((stage) => job.stages[stage].state === "running");
  const text = now ? t(`stage.${now}`) : job.state === "succeeded" ? t("progress.ready") : "";
  if (text && text !== told) say(text);
  told = text;
}
