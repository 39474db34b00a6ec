import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { commandLine, quote } from "~/pages/new/command";
import { EMPTY, type Form, fieldOf, toRequest, unreadable } from "~/pages/new/form";
import { placeOf } from "~/pages/new/places";
import { ofSpec, withoutUsual } from "~/pages/new/prefill";
import { seconds, timeText } from "~/pages/new/times";
import { usualOf } from "~/pages/new/usual";
import type { TaskView } from "~/platform/operations";
import { Problem } from "~/platform/problem";

const form = (change: Partial<Form>): Form => ({ ...EMPTY, ...change });

/** The words that a shell makes of a line. */
function words(line: string): string[] {
  const out = execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
  return out.split("\0").slice(0, -1);
}

describe("the command line that does the same", () => {
  test.each([
    "Fix it",
    'it\'s $HOME, `id` and "quotes"',
    "two\nlines, a \\ and a !",
    "",
    "~/x *? {a,b} #no; & | > <",
    "إصلاح 🎉",
  ])("a shell reads %j back as it is", (text) => {
    expect(words(quote(text))).toEqual([text]);
  });

  test("has every option, and none that holds anyway", () => {
    const all = form({
      prompt: "- begin with a dash",
      project: "web shop",
      cwd: "/home/ada/it's here",
      agent: "codex",
      model: "gpt",
      access: "edit",
      name: "fix-it",
      after: ["a", "infra/b"],
      onFailure: "wait",
      group: "g",
      parentRun: "01M8",
      session: true,
      gather: true,
      idle: "15 m",
      wall: "2h",
      restarts: "10",
      failures: "3",
      tokens: "1000",
      cost: "2,50",
    });
    expect(words(commandLine(all))).toEqual(
      [
        "run-agent",
        "task",
        "--project",
        "web shop",
        "--cwd",
        "/home/ada/it's here",
        "--agent",
        "codex",
      ].concat(
        ["--model", "gpt", "--access", "edit", "--task", "fix-it", "--depends-on", "a"],
        [
          "--depends-on",
          "infra/b",
          "--on-dependency-failure",
          "wait",
          "--group",
          "g",
          "--parent-run-id",
          "01M8",
        ],
        ["--continue-session", "--gather", "--timeout", "15m", "--wall-time", "2h", "--max-restarts", "10"],
        ["--max-failures", "3", "--max-tokens", "1000", "--max-cost", "2.50", "--detach"],
        ["--", "- begin with a dash"],
      ),
    );
    expect(commandLine(form({ prompt: "Go", project: "web" }))).toBe(
      "run-agent task --project web --detach Go",
    );
  });

  test("one run has no options about turns", () => {
    const line = commandLine(
      form({ how: "once", prompt: "Look", session: true, gather: true, restarts: "3" }),
    );
    expect(line).toBe("run-agent job --detach Look");
  });
});

test("what is asked of the core is what stands in the form, and nothing else", () => {
  expect(toRequest(form({ prompt: "Go", project: "web" }))).toEqual({
    prompt: "Go",
    workflow: "loop",
    project: "web",
  });
  expect(
    toRequest(form({ prompt: "Go", cwd: "/x", wall: "1h30m", cost: "0,5", after: ["a"] })),
  ).toMatchObject({
    cwd: "/x",
    depends_on: ["a"],
    on_dependency_failure: "fail",
    limits: { wall_seconds: 5400, cost_usd: 0.5 },
  });
  expect(toRequest(form({ how: "once", prompt: "Go", restarts: "3", session: true }))).toEqual({
    prompt: "Go",
    workflow: "once",
  });
});

test("times are read and written as the command line takes them", () => {
  for (const [text, value] of [
    ["90s", 90],
    ["15m", 900],
    ["1h30m", 5400],
    ["1h 30m", 5400],
    ["0", 0],
  ] as const) {
    expect(seconds(text)).toBe(value);
  }
  for (const text of ["", "90", "x", "1h30", "-5m"]) expect(seconds(text)).toBeUndefined();
  for (const value of [0, 90, 900, 5400, 28_800, 3661]) expect(seconds(timeText(value))).toBe(value);
});

test("what is no number or time is said before anything is asked", () => {
  expect(unreadable(form({ wall: "soon", cost: "much", tokens: "5", restarts: "-1" }))).toEqual([
    "wall",
    "cost",
  ]);
  expect(unreadable(form({ how: "once", restarts: "many" }))).toEqual([]);
});

test.each([
  ["failed to work in /nowhere/a: no such file or directory", "cwd"],
  ["the prompt is empty", "prompt"],
  ["agent claude cannot be used: install it with `npm install`", "agent"],
  ['unknown agent "nope"; known: claude, codex', "agent"],
  ['web/task-20261129-204402-x: dependency "nope": there is no such task', "after"],
  ["limits.cost_usd is no sum of US dollars", "cost"],
  [
    "Failed to deserialize the JSON body into the target type: limits.max_restarts: invalid value: integer `-1`, expected u32",
    "restarts",
  ],
  ['"a/b" is no name of a task', "name"],
  ['project "Bad Name" must be 1 to 64 of a-z', "project"],
  ["there is no run zzz that could be its parent", "parentRun"],
  ["/root: is locked by pid 5", undefined],
])("a refusal stands beside its field: %s", (message, field) => {
  expect(fieldOf(new Problem("usage", message))).toBe(field);
});

describe("a duplicate", () => {
  const YAML = `# This file is whole when a line "# end" follows.
version: 1
project_id: web
task_id: task-20261129-204404-x
model: zz
continuation: session
on_dependency_failure: wait
gather: true
cwd: /home/ada/src/web
group: "spring clean"
limits:
  max_restarts: 12
  max_failures: 5
  idle_seconds: 900
  wall_seconds: 7200
  depth: 4
  cost_usd: 2.5
# end
`;

  test("takes from task.yaml what nothing else tells", () => {
    expect(ofSpec(YAML)).toEqual({
      // It names no agent: the configuration chose, and chooses again.
      agent: "",
      session: true,
      gather: true,
      group: "spring clean",
      onFailure: "wait",
      restarts: "12",
      failures: "5",
      idle: "15m",
      wall: "2h",
      tokens: "",
      cost: "2.5",
    });
    expect(ofSpec("")).toEqual({});
  });

  test("leaves out the limits that hold anyway", () => {
    const usual = usualOf({
      defaults: { max_restarts: 50, max_failures: 5, idle_timeout: "15m", wall_time: "8h" },
    });
    const made = withoutUsual({ ...EMPTY, ...ofSpec(YAML) }, usual);
    expect(made).toMatchObject({ restarts: "12", failures: "", idle: "", wall: "2h", cost: "2.5" });
  });
});

describe("a new task is meant", () => {
  const DEMO = "/home/ada/.conductor/state/demo/01M8NXABFJYFY680030PX47T2T/demo";
  const at = (project: string, cwd = "") => ({ project, cwd, access: "" });
  const projects = ["demo", "api", "web"].map((project) => ({
    project,
    source: project === "demo" ? DEMO : `/home/ada/src/${project}`,
    tasks: 1,
  }));
  const tasks = [
    { project: "api", created_at: "2026-11-20T10:00:00Z" },
    { project: "web", created_at: "2026-11-20T12:00:00Z" },
    { project: "demo", created_at: "2026-11-20T13:00:00Z" },
  ] as TaskView[];
  const place = (known: Partial<Parameters<typeof placeOf>[0]>) =>
    placeOf({ inView: undefined, last: undefined, projects, tasks, ...known });

  test("for the project in view, else the last one, else the newest", () => {
    expect(place({ inView: "api", last: { project: "web", cwd: "" } })).toEqual(at("api"));
    expect(place({ last: { project: "", cwd: "/home/ada/x" } })).toEqual(at("", "/home/ada/x"));
    expect(place({})).toEqual(at("web"));
    expect(place({ projects: [], tasks: [] })).toEqual(at(""));
  });

  test("for the demo's folder only where there is no other, and then it may not do everything", () => {
    expect(place({ inView: "demo", last: { project: "", cwd: DEMO } })).toEqual(at("web"));
    expect(place({ projects: projects.slice(0, 1), tasks: tasks.slice(2) })).toEqual({
      project: "demo",
      cwd: "",
      access: "edit",
    });
  });
});
