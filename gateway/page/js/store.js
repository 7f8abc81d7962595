// What the page knows, in one place; who shows a part of it listens for that part.

const listeners = [];

export const FRESH = {
  phase: "start", // start, working, done
  photo: null, // {url, width, height}: the prepared photo, in memory only
  root: null, // id of the job that holds the photo
  jobs: [], // ids of all jobs made of it
  job: null, // the record that is running or ran last
  running: false,
  view: null, // what is shown: each part of the newest record that has it
  edits: {}, // attributes the shopper corrected
  choices: { strategy: null, filters: {}, preferences: { shapes: {}, colors: {}, weight: 0.5 } },
  frames: [null, null], // on the stage: the one tried on, and the one beside it
  beside: false,
  bare: false,
  designs: [], // every drawing so far: {job, name, frame, seed, kept, readings}
  trouble: null, // {code, advice, retryable}
};

export const state = structuredClone(FRESH);

/** Change parts of the state and tell who listens. */
export function set(patch) {
  const changed = Object.keys(patch).filter((name) => patch[name] !== state[name]);
  Object.assign(state, patch);
  if (changed.length) for (const [names, run] of listeners) if (names.some((name) => changed.includes(name))) run();
}

/** Run now and whenever one of the named parts changes. `lang` is a part, too. */
export function on(names, run) {
  listeners.push([names, run]);
}
