// Jobs of one photo: the first one, and those derived from it after an edit, a choice or another language.

import { Problem, cancelJob, createJob, deleteJob, deriveJob, follow, forgetPictures, holdPictures, readJob } from "./api.js";
import { FRESH, set, state } from "./store.js";
import { lang } from "./text.js";

const KEPT = "jobs"; // so that reloading the page loses nothing
let going = new AbortController();
let settled = null; // the job whose frames were put on the stage

/** What the service is asked for, by the choices made so far. */
function options(generate) {
  const { strategy, filters, preferences } = state.choices;
  const chosen = { language: lang(), limit: 6, filters, preferences, generate };
  return strategy ? { ...chosen, strategy } : chosen;
}

const newSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;

/** Send a photo through all stages. */
export function begin(photo) {
  if (state.root) deleteJob(state.root).catch(() => {}); // the photo before; the sweeper gets what stays
  set({ ...structuredClone(FRESH), photo, phase: "working" });
  const asked = { ...options({ count: 1, seed: newSeed() }), consent: true };
  return run((signal) => createJob([photo.blob, ...photo.others], asked, signal));
}

/** Run again from the rules on. A new drawing is asked for only where the wish may have changed. */
export function again(generate = { count: 0 }) {
  if (!state.root) return Promise.resolve();
  return run((signal) => deriveJob(state.root, state.edits, options(generate), signal));
}

/** Correct attributes of the face; `null` takes a correction back. */
export function edit(name, value) {
  const edits = { ...state.edits, [name]: value };
  if (value === null) delete edits[name];
  set({ edits });
  return again({ count: 1, seed: state.designs.at(-1)?.seed ?? newSeed() });
}

/** Draw another frame for the same face. */
export const drawAnother = () => again({ count: 1, seed: newSeed() });

async function run(create) {
  going.abort();
  going = new AbortController();
  const { signal } = going;
  const before = state.running ? state.job : null;
  set({ running: true, trouble: null });
  try {
    const job = await create(signal);
    if (before) cancelJob(before.id).catch(() => {}); // overtaken: its outcome would be thrown away
    set({ jobs: [...state.jobs, job.id], root: state.root ?? job.id });
    sessionStorage.setItem(KEPT, JSON.stringify({ root: state.root, jobs: state.jobs }));
    show(job);
    await follow(job.id, show, signal);
    end();
  } catch (error) {
    if (signal.aborted) return;
    set({ running: false, trouble: told(error) });
  }
}

const told = (error) =>
  error instanceof Problem
    ? { code: error.code, advice: error.advice, retryable: error.retryable }
    : { code: "internal", advice: [], retryable: true };

/** Take over what a record has; what it has not yet stays as it was, so nothing flickers. */
function show(job) {
  const view = { ...state.view, id: job.id, expires: job.expires, language: job.options.language };
  for (const part of ["face", "explanation", "matches", "wish"]) if (job[part]) view[part] = job[part];
  set({ job, view });
  if (job.matches && settled !== job.id) settle(job);
  if (job.design) keepDesigns(job);
}

/** Put the best frame on the stage, unless the one that is there is still among the best. */
function settle(job) {
  settled = job.id;
  const found = job.matches.matches;
  const [now, beside] = state.frames;
  const same = found.find((match) => match.frame === now?.frame);
  const first = now?.design ? now : (same ?? found[0] ?? null);
  const second = found.find((match) => match.frame === beside?.frame) ?? found.find((match) => match !== first);
  set({ frames: [first, second ?? null], phase: "done" });
}

function keepDesigns(job) {
  const { status, images, seed, reason, readings } = job.design;
  const known = new Set(state.designs.map((design) => `${design.job}/${design.name}`));
  const fresh = images.filter((name) => !known.has(`${job.id}/${name}`));
  const drawn = fresh.map((name) => {
    const place = images.indexOf(name);
    return { job: job.id, name, frame: `design-${place}`, design: true, seed, kept: false, readings: readings[place] ?? [] };
  });
  if (drawn.length) set({ designs: [...state.designs, ...drawn] });
  if (status !== "not asked") set({ view: { ...state.view, designStatus: status, designReason: reason } });
}

function end() {
  const { job } = state;
  if (job.state === "succeeded") return set({ running: false, phase: "done" });
  const { code = job.state, advice = [], retryable = true } = job.error ?? {};
  set({ running: false, trouble: { code, advice, retryable } });
}

/** Delete the photo and everything made of it, here and on the server. @throws Problem */
export async function forget() {
  going.abort();
  const { root, photo } = state;
  const release = holdPictures();
  try {
    if (root) await deleteJob(root); // and, with it, all that was made from it
  } finally {
    release();
  }
  sessionStorage.removeItem(KEPT);
  forgetPictures();
  if (photo) URL.revokeObjectURL(photo.url);
  set(structuredClone(FRESH));
}

/** After a reload: show the last job of this tab again, where it still lives. */
export async function resume(fetchPhoto) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  try {
    const job = await readJob(kept.jobs.at(-1));
    if (job.state !== "succeeded" || !job.face) throw new Problem(404);
    const photo = await fetchPhoto(kept.root, job);
    set({ ...structuredClone(FRESH), ...kept, photo, phase: "working" });
    show(job);
    set({ phase: "done" });
  } catch {
    sessionStorage.removeItem(KEPT);
  }
}
