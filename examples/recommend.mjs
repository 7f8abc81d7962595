// Frames for a photo in JavaScript (Node 20 or newer): create, follow the events, read, try on, delete.
import { readFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";

const url = process.env.EXPERTGLASSES_URL ?? "http://127.0.0.1:8080";
const key = process.env.EXPERTGLASSES_KEY;

async function ask(path, { headers = {}, ...options } = {}) {
  const answer = await fetch(url + path, {
    ...options,
    headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers },
  });
  if (!answer.ok) {
    const problem = await answer.json();
    throw new Error(`${problem.code}: ${problem.detail ?? problem.title}`);
  }
  return answer;
}

// What happens to a job, as it happens, until it ends.
async function* events(path) {
  const answer = await ask(path, { headers: { Accept: "text/event-stream" } });
  if (answer.status === 204) return;
  let rest = "";
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block);
      if (data) yield JSON.parse(data[1]);
    }
  }
}

const form = new FormData();
form.append("photo", new Blob([await readFile(process.argv[2])]), "photo");
form.append("options", JSON.stringify({ limit: 3, generate: { count: 0 } }));
const created = await ask("/v1/jobs", {
  method: "POST",
  body: form,
  headers: { "Idempotency-Key": randomUUID() }, // sent again, it would be the same job
});
let job = await created.json();

for await (const event of events(job.links.events)) console.log(event.stage ?? "job", event.state);
job = await (await ask(job.links.self)).json();
if (job.state !== "succeeded") throw new Error(`${job.state}: ${JSON.stringify(job.error)}`);

console.log(job.explanation.summary);
for (const match of job.matches.matches) {
  const worn = await ask(job.links.try_on.replace("{frame}", match.frame));
  console.log(`${match.rank}. ${match.name} (${match.score.toFixed(3)}), worn: ${(await worn.arrayBuffer()).byteLength} bytes`);
}
await ask(job.links.self, { method: "DELETE" });
console.log("deleted");
