import type { AgentEvent, RunView, TaskView } from "../../operations";
import type { World } from "../world";

type Told = AgentEvent extends infer E ? (E extends unknown ? Omit<E, "offset" | "end"> : never) : never;

/** What the agent of the busy scene's first task did: its events and the lines they were made of. */
export function transcript(world: World, task: TaskView, run: RunView): void {
  const folder = `${task.project}/${task.task}/${run.run}`;
  let offset = 0;
  const tell = (seconds: number, event: Record<string, unknown>) => {
    const line = `${JSON.stringify({ type: event.event, ...event })}\n`;
    const end = offset + new TextEncoder().encode(line).length;
    const ts = new Date(Date.parse(run.started_at ?? "") + seconds * 1000).toISOString();
    world.append(`${folder}/agent-stdout.txt`, line);
    world.append(`${folder}/events.jsonl`, `${JSON.stringify({ offset, end, ts, ...event })}\n`);
    offset = end;
  };
  for (const [seconds, event] of TOLD) tell(seconds, event as Record<string, unknown>);
  world.append(`${folder}/agent-stderr.txt`, STDERR);
  world.append(`${folder}/prompt.md`, `${task.title}\n`);
  world.append(`${task.project}/${task.task}/TASK.md`, `${task.title}\n`);
}

/** What it did in the run before, in fewer words. */
export function earlier(world: World, task: TaskView, run: RunView): void {
  const lines = EARLIER.map((event, index) => JSON.stringify({ offset: index, end: index + 1, ...event }));
  world.append(`${task.project}/${task.task}/${run.run}/events.jsonl`, `${lines.join("\n")}\n`);
}

const EARLIER: Told[] = [
  { event: "text", text: "I will read how a session is made, and where a login goes to." },
  { event: "tool_call", id: "e1", name: "Grep", input: { pattern: "after_login" } },
  { event: "tool_result", id: "e1", output: "3 hits in 2 files", is_error: false },
  { event: "usage", input: 62_000, output: 3_100, cost_usd: 0.66 },
];

const STDERR = [
  "\u001b[1m\u001b[32m   Compiling\u001b[0m webshop-auth v0.4.0 (/home/ada/src/webshop/auth)",
  "\u001b[33mwarning\u001b[0m: unused import `Uri`",
  " \u001b[34m-->\u001b[0m src/auth/session.rs:3:17",
  "\u001b[31merror\u001b[0m: called `map(..).unwrap_or(..)` on an Option value",
  "\u001b[2K\u001b[1G downloading 3 of 9\u0007",
  "\u001b[7m 41 passed \u001b[0m \u001b[2min 6.8 s\u001b[0m",
  "",
].join("\n");

const SESSION = "src/auth/session.rs";

const TOLD: [number, Told][] = [
  [0, { event: "session", id: "0f7c41aa", model: "opus" }],
  [
    4,
    {
      event: "text",
      text: "The redirect drops the query string because `session.rs` rebuilds the URL from the path alone. I will keep the original target and add a test for it.",
    },
  ],
  [
    5,
    {
      event: "thinking",
      text: "The target comes from `request.uri().path()`. The query is a part of `path_and_query()`, so the call is the bug, not the parser.",
    },
  ],
  [6, { event: "tool_call", id: "t1", name: "Read", input: { file_path: SESSION } }],
  [6.1, { event: "tool_result", id: "t1", output: "fn after_login(…)\n".repeat(214), is_error: false }],
  [9, { event: "tool_call", id: "t2", name: "Grep", input: { pattern: "next_url" } }],
  [9.2, { event: "tool_result", id: "t2", output: "9 hits in 4 files", is_error: false }],
  [
    20,
    {
      event: "tool_call",
      id: "t3",
      name: "Edit",
      input: {
        file_path: SESSION,
        old_string: "    Redirect::to(request.uri().path())",
        new_string:
          '    let target = request.uri().path_and_query()\n        .map_or("/", |t| t.as_str());\n    Redirect::to(target)',
      },
    },
  ],
  [20.1, { event: "tool_result", id: "t3", output: "edited", is_error: false }],
  [31, { event: "tool_call", id: "t4", name: "Bash", input: { command: "cargo nextest run -p auth" } }],
  [
    37.8,
    {
      event: "tool_result",
      id: "t4",
      output: "Summary: 41 tests run: 41 passed, 0 skipped",
      is_error: false,
    },
  ],
  [
    44,
    { event: "tool_call", id: "t5", name: "Bash", input: { command: "cargo clippy -p auth -- -D warnings" } },
  ],
  [47.1, { event: "tool_result", id: "t5", output: "error: use a method call\nexit 101", is_error: true }],
  [
    58,
    {
      event: "text",
      text: "Clippy wants the closure written as a method call. Correcting that, then the regression test goes to a child task so that it runs beside this.",
    },
  ],
  [
    70,
    {
      event: "text",
      text: "What changes:\n\n1. `after_login` keeps **path and query**\n2. a target on another host is refused, see https://owasp.org/open-redirect\n\n```rust\nlet target = request.uri().path_and_query();\n```",
    },
  ],
  [90, { event: "retry", attempt: 1, max: 5, delay_ms: 4000, status: 529, message: "overloaded" }],
  [110, { event: "tool_call", id: "t7", name: "Bash", input: { command: "git diff --stat && git diff" } }],
  [
    110.4,
    {
      event: "tool_result",
      id: "t7",
      output:
        'diff --git a/src/auth/session.rs b/src/auth/session.rs\n@@ -41,7 +41,9 @@ fn after_login(request: &Request) -> Redirect\n     let user = request.user();\n-    Redirect::to(request.uri().path())\n+    let target = request.uri().path_and_query()\n+        .map_or("/", |t| t.as_str());\n+    Redirect::to(target)\n }',
      is_error: false,
    },
  ],
  [140, { event: "usage", input: 122_000, output: 6_000, cost_usd: 1.2 }],
  [148, { event: "tool_call", id: "t6", name: "Edit", input: { file_path: SESSION } }],
];
