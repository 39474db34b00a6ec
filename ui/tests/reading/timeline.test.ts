import { describe, expect, test } from "vitest";
import { graphOf, placed } from "~/pages/tasks/tabs/timeline/graph";
import { extentOf, spansOfRuns, taskSpans, ticksOf } from "~/pages/tasks/tabs/timeline/spans";
import type { Change } from "~/platform/live/live";
import type { RunView, TaskStatus, TaskView } from "~/platform/operations";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
const task = (status: TaskStatus, rest: Partial<TaskView> = {}): TaskView => ({
  project: "p",
  task: "t",
  title: "",
  status,
  workflow: "loop",
  iteration: 1,
  runs: 1,
  created_at: at(0),
  updated_at: at(0),
  ...rest,
});
const change = (minute: number, status: TaskStatus, reason?: string): Change => ({
  cursor: `${minute}`,
  kind: `task.${status}`,
  at: at(minute),
  news: true,
  revision: minute,
  task: task(status, { reason }),
});
const minutes = (span: { from: number; to?: number }) =>
  [span.from, span.to].map((time) => time && new Date(time).getUTCMinutes());

describe("what a task was at", () => {
  test("follows from the journal, the last goes on", () => {
    const changes = [
      change(0, "queued"),
      change(2, "running"),
      change(3, "running"),
      change(5, "waiting_answer"),
    ];
    const spans = taskSpans(task("waiting_answer"), changes);
    expect(spans.map((span) => [span.use, ...minutes(span)])).toEqual([
      ["idle", 0, 2],
      ["run", 2, 5],
      ["need", 5, undefined],
    ]);
  });

  test("ends where it is completed, and shows a failure", () => {
    const changes = [change(1, "running"), change(4, "completed")];
    expect(taskSpans(task("completed"), changes).map((span) => [span.use, ...minutes(span)])).toEqual([
      ["run", 1, 4],
    ]);
    const failed = taskSpans(task("failed"), [change(1, "running"), change(4, "failed", "key rejected")]);
    expect(failed.at(-1)).toMatchObject({ use: "fail", reason: "key rejected" });
  });

  test("is interrupted where the lock says so", () => {
    const spans = taskSpans(task("interrupted", { updated_at: at(6) }), [change(1, "running")]);
    expect(spans.map((span) => [span.use, ...minutes(span)])).toEqual([
      ["run", 1, 6],
      ["fail", 6, undefined],
    ]);
  });

  test("is told by its runs where the journal says nothing", () => {
    const run = { run: "r", status: "failed", started_at: at(3), ended_at: at(5) } as RunView;
    const spans = spansOfRuns(task("waiting_quota", { updated_at: at(5) }), [run]);
    expect(spans.map((span) => [span.use, ...minutes(span)])).toEqual([
      ["idle", 0, 3],
      ["fail", 3, 5],
      ["hold", 5, undefined],
    ]);
    expect(spansOfRuns(task("queued"), [])).toMatchObject([{ use: "idle" }]);
  });
});

test("an axis has round times, however long it is", () => {
  for (const length of [30_000, 600_000, 86_400_000, 30 * 86_400_000]) {
    const ticks = ticksOf(1_000_000_000_123, 1_000_000_000_123 + length, 7);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((tick) => tick % 1000 === 0)).toBe(true);
  }
  expect(extentOf([], 1_000_000)).toEqual([940_000, 1_000_000]);
});

describe("the graph", () => {
  const ref = (name: string) => ({ project: "p", task: name });
  const of = (graph: ReturnType<typeof graphOf>) =>
    Object.fromEntries(placed(graph).map(({ node, layer, row }) => [node.task, [layer, row]]));

  test("stands in layers, each behind what leads to it", () => {
    const child = (name: string, children: object[] = []) => ({
      ...task("running", ref(name)),
      run_list: [],
      children,
    });
    const tree = child("t", [child("a", [child("deep")]), child("b")]);
    const relations = { depends_on: [ref("before")], needed_by: [ref("after")] };
    const graph = graphOf(task("running", { parent_task: "p/parent" }), relations, tree as never);
    const places = of(graph);
    expect(places).toMatchObject({ t: [1, 0], deep: [3, 0] });
    expect(places.before?.[0]).toBe(0);
    expect(places.parent?.[0]).toBe(0);
    expect([places.a?.[0], places.b?.[0], places.after?.[0]]).toEqual([2, 2, 2]);
    expect(new Set([places.a?.[1], places.b?.[1], places.after?.[1]]).size).toBe(3);
  });

  test("ends, also where tasks wait for each other", () => {
    const relations = { depends_on: [ref("x")], needed_by: [ref("x")] };
    expect(placed(graphOf(task("waiting"), relations, undefined))).toHaveLength(2);
  });
});
