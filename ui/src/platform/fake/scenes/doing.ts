import type { AgentEvent, TaskView } from "../../operations";
import type { World } from "../world";

type Told = AgentEvent extends infer E ? (E extends unknown ? Omit<E, "offset" | "end"> : never) : never;

/** What the agents of the busy scene's other tasks did, and what was said on their buses. */
export function doing(world: World): void {
  const of = (slug: string) => [...world.tasks.values()].find(({ task }) => task.endsWith(`-${slug}`));
  for (const [slug, events] of Object.entries(TOLD)) {
    const task = of(slug);
    if (task) tell(world, task, events);
  }
  const axum = of("upgrade-axum");
  const billing = of("migrate-billing");
  if (axum) talk(world, axum);
  if (billing) earlier(world, billing);
}

function tell(world: World, task: TaskView, events: Told[]): void {
  const run = world.runs.get(`${task.project}/${task.task}`)?.at(-1);
  if (!run) return;
  const lines = events.map((event, index) => JSON.stringify({ offset: index, end: index + 1, ...event }));
  world.append(`${task.project}/${task.task}/${run.run}/events.jsonl`, `${lines.join("\n")}\n`);
}

/** A picture with a word, which was read, and a later word, which was not. */
function talk(world: World, { project, task }: TaskView): void {
  const url = "ATTACH-01M0-routes.png";
  world.append(
    `${project}/${task}/${url}`,
    Uint8Array.from(atob(PICTURE), (c) => c.charCodeAt(0)),
  );
  const word = world.post(project, task, {
    type: "USER",
    body: "The list of routes should look like this, see https://example.com/routes for the live one.",
    links: [{ url, label: "routes.png", kind: "attachment" }],
    ts: world.clock.iso(-3),
  });
  world.post(project, task, {
    type: "INFO",
    body: "in the prompt of iteration 1",
    parents: [{ msg_id: word.msg_id ?? "", kind: "receipt" }],
    ts: world.clock.iso(-2.5),
  });
  world.post(project, task, {
    type: "RUN_START",
    body: "gemini began, iteration 1",
    ts: world.clock.iso(-2.5),
  });
  world.post(project, task, {
    type: "PROGRESS",
    body: "31 routes use the old form; rewriting them one file at a time.",
    parents: [{ msg_id: word.msg_id ?? "", kind: "follows" }],
    ts: world.clock.iso(-1.5),
  });
  world.post(project, task, {
    type: "USER",
    body: "Leave the metrics route as it is.",
    ts: world.clock.iso(-0.5),
  });
}

/** A question that was answered before the one that is open. */
function earlier(world: World, { project, task }: TaskView): void {
  const asked = world.post(project, task, {
    type: "QUESTION",
    body: "Which database may the migration be tried on?",
    meta: { choices: ["staging", "a copy"] },
    ts: world.clock.iso(-40),
  });
  world.post(project, task, {
    type: "ANSWER",
    body: "a copy",
    parents: [{ msg_id: asked.msg_id ?? "", kind: "answers" }],
    ts: world.clock.iso(-38),
  });
  const key = `${project}/${task}`;
  world.messages.set(
    key,
    (world.messages.get(key) ?? []).toSorted((a, b) => (a.ts ?? "").localeCompare(b.ts ?? "")),
  );
}

const TOLD: Record<string, Told[]> = {
  "write-regression-test": [
    { event: "text", text: "Reading how the other redirect tests set up their session cookie." },
    { event: "tool_call", id: "t1", name: "Read", input: { file_path: "tests/auth/redirect.rs" } },
    { event: "tool_result", id: "t1", output: "214 lines", is_error: false },
    { event: "tool_call", id: "t2", name: "Edit", input: { file_path: "tests/auth/redirect.rs" } },
    { event: "tool_result", id: "t2", output: "edited", is_error: false },
    { event: "tool_call", id: "t3", name: "Bash", input: { command: "cargo nextest run redirect" } },
  ],
  "upgrade-axum": [
    { event: "tool_call", id: "t1", name: "Shell", input: { command: "cargo update -p axum" } },
    { event: "tool_result", id: "t1", output: "Updating axum v0.7.9 -> v0.8.6", is_error: false },
    { event: "text", text: "Path parameters are written {id} now; 31 routes use the old form." },
    { event: "tool_call", id: "t2", name: "Edit", input: { file_path: "src/routes/mod.rs" } },
    { event: "tool_result", id: "t2", output: "edited", is_error: false },
    { event: "tool_call", id: "t3", name: "Shell", input: { command: "cargo check --all-targets" } },
  ],
  "migrate-billing": [
    { event: "tool_call", id: "t1", name: "Read", input: { file_path: "schema.sql" } },
    { event: "tool_result", id: "t1", output: "880 lines", is_error: false },
    { event: "tool_call", id: "t2", name: "Edit", input: { file_path: "migrations/0042_billing.sql" } },
    { event: "tool_result", id: "t2", output: "edited", is_error: false },
  ],
  "docs-search": [
    { event: "text", text: "The index is built from headings alone; adding the paragraphs below them." },
    { event: "tool_call", id: "t1", name: "Edit", input: { file_path: "docs/search/index.ts" } },
  ],
  "rotate-certs": [
    { event: "tool_call", id: "t1", name: "Bash", input: { command: "terraform plan -target=module.edge" } },
    { event: "tool_result", id: "t1", output: "Plan: 3 to add, 3 to change, 0 to destroy.", is_error: false },
    { event: "error", message: "usage limit reached, resets at 14:12", warning: false },
  ],
  "e2e-flake": [{ event: "error", message: "401 Unauthorized: incorrect API key provided", warning: false }],
  "search-index": [
    { event: "tool_call", id: "t1", name: "Bash", input: { command: "cargo nextest run -p search" } },
    { event: "tool_result", id: "t1", output: "18 passed", is_error: false },
    { event: "text", text: "Queries of one letter no longer scan the table. All 18 tests pass." },
  ],
};

const PICTURE = [
  "iVBORw0KGgoAAAANSUhEUgAAAPAAAACWCAIAAABvmpKCAAABoUlEQVR42u3bMQ3AMAxFwaDJUABBUzjF1ykAgiKVMpVA58qx",
  "TjoE1tu+XOrRII3iBAgaBA2CBkEjaBA0CBoEDYJG0CBoEDQIGgSNoEHQIGgQNAgaQcN2Qc9nQRqCRtAgaBA0CBpBg6Bh56DP",
  "axKQiAUtaEELWtCCRtCCRtCCFjSCFrSgEbSgEbSgEbSgBS1oQQta0Aha0Aha0Aha0IIWNAgaBA2CBkEjaBA0CBoEDYJG0F/u",
  "PuAHgkbQgkbQIGgQNIIWNIIWNIKGBEGD6RsEDYIGQSNoEDQIGgSNoC2FBNn5BI2gBY2gBY2gEbSgEbSgEbSgETSkCRpM3yBo",
  "EDQIGkGDoEHQIGgEbSkkyM4naAQtaAQtaEELGkELGkELGkELGkEjaEshCBoEjaCdAEGDoEHQIGgEDT5WsPMJGkELGkELWtCC",
  "FrSgBY2gBY2gBY2gBS1oQYOgQdAgaBA0ggZBg6BB0GAptPMJWtCCFjSCFrSgEbSgEbSgBS04QQsaQQta0FgKQdAIGgQNggZB",
  "I2gQNAgaLIV2PgQtaEELWtCCRtChvDF6Q22or02UAAAAAElFTkSuQmCC",
].join("");
