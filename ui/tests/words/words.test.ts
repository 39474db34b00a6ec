import { describe, expect, test } from "vitest";
import { busy } from "~/platform/fake/scenes/busy";
import type { TaskStatus, TaskView } from "~/platform/operations";
import {
  actionSentence,
  bytes,
  clock,
  count,
  duration,
  en,
  fragment,
  hintWords,
  money,
  plainLine,
  relative,
  sentence,
  statusSentence,
  taskName,
  titleBeside,
  tokens,
  took,
} from "~/words";

const NOW = Date.parse("2026-11-20T13:50:00Z");
const MINUTE = 60_000;

test.each([
  [0, "0s"],
  [42_900, "42s"],
  [522_000, "8m 42s"],
  [64_000, "1m 04s"],
  [11_100_000, "3h 05m"],
  [187_200_000, "2d 4h"],
  [-5, "0s"],
])("%i ms is %s", (ms, words) => expect(duration(ms)).toBe(words));

test.each([
  [120, "0.1s"],
  [6800, "6.8s"],
  [42_900, "42s"],
  [72_000, "1m 12s"],
])("what took %i ms took %s", (ms, words) => expect(took(ms)).toBe(words));

test("times seen from now", () => {
  expect(relative(NOW + 22 * MINUTE, NOW)).toBe("in 22 min");
  expect(relative(NOW - 14 * MINUTE, NOW)).toBe("14 min ago");
  expect(relative(NOW + 500, NOW)).toBe("now");
  expect(clock(NOW, NOW)).toMatch(/^\d\d:50$/);
  expect(clock(NOW - 3 * 86_400_000, NOW)).toMatch(/^17 Nov \d\d:50$/);
});

test("amounts", () => {
  expect([tokens(840), tokens(9100), tokens(184_000), tokens(1_240_000)]).toEqual([
    "840",
    "9.1 k",
    "184 k",
    "1.2 M",
  ]);
  expect([bytes(512), bytes(3400), bytes(120_000_000)]).toEqual(["512 B", "3.4 kB", "120 MB"]);
  expect([money(1.86), money(0.004)]).toEqual(["$1.86", "under $0.01"]);
  expect(count(12_480)).toBe("12\u202f480");
});

test("a task is called by its name", () => {
  expect(taskName("task-20261120-134118-fix-login-redirect")).toBe("fix-login-redirect");
  expect(taskName("other-system-7")).toBe("other-system-7");
});

test("what a task was asked for stands beside its name, where that does not say it", () => {
  const task = "task-20261120-134118-fix-login-redirect";
  expect(titleBeside({ task, title: "Fix login redirect" })).toBeUndefined();
  expect(titleBeside({ task, title: "Fix the login redirect\nIt drops the query." })).toBe(
    "Fix the login redirect",
  );
  expect(titleBeside({ task, title: "Fix login redirect of phones" })).toBe("Fix login redirect of phones");
});

test.each([
  ["no question is open", "No question is open"],
  ["failed, and nothing is lost", "Failed, and nothing is lost"],
  ["élan is a word", "Élan is a word"],
  ["web/task-20261129-204402-x: no question is open", undefined],
  ["migrate-billing was answered", undefined],
  ["limits.cost_usd is no sum of US dollars", undefined],
  ["cost_usd is no sum", undefined],
  ["demo: there is no such task", undefined],
  ["run-agent config schema prints every key", undefined],
  ["`run-agent resume x` goes on with it", undefined],
  ["conductor is not there", undefined],
  ["--cwd names a folder", undefined],
  ["e2e fails", undefined],
])("%j begins with a capital only where that is no name", (fragment, whole = fragment) => {
  expect(sentence(fragment)).toBe(whole);
});

test("a hint names the page's control where there is one, else the command", () => {
  expect(hintWords("`run-agent resume web/x` goes on with it")).toBe("“Resume” goes on with it");
  expect(hintWords('`run-agent tell web/x "…"` follows it up')).toBe("A message to the agent follows it up");
  expect(hintWords("look at them, then `run-agent stop` again")).toBe("Look at them, then “Stop…” again");
  expect(hintWords("`run-agent doctor` checks the root")).toBe("`run-agent doctor` checks the root");
});

test("a sentence goes on within a line; a name keeps its letters", () => {
  expect(fragment("Waits for a free slot")).toBe("waits for a free slot");
  expect(fragment("API is away")).toBe("API is away");
});

test.each([
  ["```rust", ""],
  ["---", ""],
  ["## What **changes**", "What changes"],
  ["`session.rs` keeps 2 ** 3 and __init__", "session.rs keeps 2 ** 3 and init"],
  ["a_b * c", "a_b * c"],
])("%j in one line is %j", (line, plain) => expect(plainLine(line)).toBe(plain));

describe("a status", () => {
  const base = [...busy().tasks.values()][0] as TaskView;
  const of = (status: TaskStatus, rest: Partial<TaskView> = {}) =>
    statusSentence({ ...base, status, reason: undefined, ...rest }, { now: NOW });

  test.each(Object.keys(en.status).filter((status) => status !== "lost") as TaskStatus[])(
    "%s is told in words",
    (status) => {
      expect(of(status)).toMatch(/^[A-Z][a-z ;,’A-Z0-9]+$/);
      expect(of(status)).not.toContain("_");
    },
  );

  test("names what it waits for", () => {
    const reason =
      "waits for task-20261120-130000-migrate-billing (running), task-20261120-130000-docs (failed)";
    expect(of("waiting", { reason })).toBe("After migrate-billing and docs");
    expect(of("running", { reason: "waits for child tasks: task-20261120-130000-a" })).toBe(
      "Waits for its child tasks a",
    );
  });

  test("says when it goes on", () => {
    const wakeAt = new Date(NOW + 22 * MINUTE).toISOString();
    const quota = { ...base, status: "waiting_quota" as const };
    expect(statusSentence(quota, { now: NOW, wakeAt })).toMatch(/^Usage limit, goes on at \d\d:12$/);
  });
});

test.each([
  [{ event: "tool_call", id: "", name: "Edit", input: { file_path: "src/a.rs" } }, "Edits src/a.rs"],
  [
    { event: "tool_call", id: "", name: "exec_command", input: { cmd: ["cargo", "test"] } },
    "Runs cargo test",
  ],
  [{ event: "tool_call", id: "", name: "mcp__thing", input: {} }, "Uses mcp__thing"],
  [{ event: "usage" }, undefined],
])("an action of %j", (event, words) => {
  expect(actionSentence({ offset: 0, end: 1, ...event } as never)).toBe(words);
});
