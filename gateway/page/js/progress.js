// How far the job is, stage by stage.

import { $, fill, h, say } from "./dom.js";
import { on, state } from "./store.js";
import { number, t } from "./text.js";

const STAGES = ["perception", "expert", "search", "gan"];
const DONE = new Set(["succeeded", "skipped"]);
const LEAST = 0.01; // seconds; less is shown as this
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
  const time = look === "done" && seconds ? t("seconds", { s: number(Math.max(seconds, LEAST), { maximumFractionDigits: 2 }) }) : t(`progress.${look}`);
  return h("li", { class: look, title: t(`stage.${name}`) }, h("span", {}, t(`step.${name}`)), h("span", { class: "time" }, time));
}

function announce(job) {
  const now = STAGES.find((stage) => job.stages[stage].state === "running");
  const text = now ? t(`stage.${now}`) : job.state === "succeeded" ? t("progress.ready") : "";
  if (text && text !== told) say(text);
  told = text;
}
