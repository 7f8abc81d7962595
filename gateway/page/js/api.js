// The job API: requests, problems, and following a job to its end.

const ENDED = new Set(["succeeded", "failed", "cancelled", "expired"]);
const STREAM_TRIES = 3;
const AGAIN = 400; // ms
let key = sessionStorage.getItem("key") ?? "";
let askKey = async () => "";

/** What to call when the service wants an access key. */
export function onKeyWanted(ask) {
  askKey = ask;
}

/** An error as the API tells it (RFC 9457); status 0 when nothing answered. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail ?? body.title ?? body.code ?? String(status));
    this.status = status;
    this.code = body.code ?? (status ? "internal" : "offline");
    this.retryable = body.retryable ?? !status;
    this.advice = body.advice ?? [];
  }
}

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

const bearer = () => (key ? `Bearer ${key}` : undefined);
let asking = null;

/** Ask for a key; requests that want one at the same time wait for the same answer. */
function newKey() {
  asking ??= askKey(Boolean(key)).then((given) => {
    key = given;
    asking = null;
    sessionStorage.setItem("key", key);
  });
  return asking;
}

/** One request. @throws Problem for every answer that is no success. */
export async function send(path, { method = "GET", json, body, headers = {}, signal, again = method === "GET" } = {}) {
  const given = { ...headers };
  if (key) given.Authorization = bearer();
  if (json !== undefined) given["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers: given, body: json === undefined ? body : JSON.stringify(json), signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!again) throw new Problem(0);
    await pause(AGAIN, signal); // a phone that changes its network loses what is under way
    return send(path, { headers, signal, again: false });
  }
  if (answer.status === 401) {
    if (given.Authorization === bearer()) await newKey(); // else another request has asked meanwhile
    if (key) return send(path, { method, json, body, headers, signal });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

export const read = async (path, options) => (await send(path, options)).json();
const jobPath = (id) => `v1/jobs/${encodeURIComponent(id)}`;

export const readJob = (id, signal) => read(jobPath(id), { signal });
export const cancelJob = (id) => send(`${jobPath(id)}/cancel`, { method: "POST" });

/** Delete a job and those made from it; one that is gone already is as good. */
export async function deleteJob(id) {
  try {
    await send(jobPath(id), { method: "DELETE", keepalive: true });
  } catch (error) {
    if (![404, 410].includes(error.status)) throw error;
  }
}

/** Create a job from photos of one person; frames are put on the first. */
export function createJob(photos, options, signal) {
  const body = new FormData();
  for (const photo of photos) body.append("photo", photo, "photo");
  body.append("options", JSON.stringify(options));
  return read("v1/jobs", { method: "POST", body, signal });
}

/** Create a job from the face of another one, with attributes changed: it starts at the rules. */
export const deriveJob = (from, face, options, signal) =>
  read("v1/jobs", { method: "POST", json: { from_job: from, face, options }, signal });

/** The events of a job after `last`, in batches as they arrive. */
async function* events(id, last, signal) {
  const headers = { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) };
  const answer = await send(`${jobPath(id)}/events`, { headers, signal });
  if (!answer.body || answer.status === 204) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    const ids = blocks.map((block) => /^id: ?(.*)$/m.exec(block)?.[1]).filter(Boolean);
    if (ids.length) yield ids;
  }
}

/**
 * Follow a job to its end: by its events, resumed where they broke off; by asking now and then where no stream stays up.
 * @param onJob called with the record whenever it may have changed
 */
export async function follow(id, onJob, signal) {
  let last = "";
  let failures = 0;
  const look = async () => {
    const job = await readJob(id, signal);
    onJob(job);
    return ENDED.has(job.state);
  };
  while (true) {
    try {
      if (failures < STREAM_TRIES) {
        for await (const ids of events(id, last, signal)) {
          last = ids.at(-1);
          failures = 0;
          if (await look()) return;
        }
      }
      if (await look()) return;
      failures += 1; // the stream closed before the job ended
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && !error.retryable)) throw error;
      failures += 1; // a stream that breaks while it is read throws the browser's own error
    }
    await pause(Math.min(1000, 250 * failures), signal);
  }
}

const pictures = new Map();
let looking = new AbortController();

/** A picture as an address for <img>; fetched once, so that it may need a key and can be drawn on a canvas. */
export function picture(path) {
  if (!pictures.has(path)) {
    const found = send(path, { signal: looking.signal })
      .then((answer) => answer.blob())
      .then((blob) => URL.createObjectURL(blob));
    found.catch(() => pictures.delete(path));
    pictures.set(path, found);
  }
  return pictures.get(path);
}

/** Ask for no picture, and wait for none, until the function it returns is called: what is being deleted is not looked for. */
export function holdPictures() {
  looking.abort();
  return () => (looking = new AbortController());
}

/** Let go of every picture: nothing of a deleted photo stays in memory. */
export function forgetPictures() {
  for (const found of pictures.values()) found.then(URL.revokeObjectURL, () => {});
  pictures.clear();
}
