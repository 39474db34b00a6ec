import { describe, expect, test } from "vitest";
import { busy } from "~/platform/fake/scenes/busy";
import { full } from "~/platform/fake/scenes/full";
import { countsOf } from "~/state/counts";
import { type Row, rowsOf, type TreeInput } from "~/state/tree";
import { taskName } from "~/words";

const LOGIN = "webshop/task-20261120-134118-fix-login-redirect";

function lines(rows: Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === "project") return row.project;
    if (row.kind === "task") return `${" ".repeat(row.depth + 1)}${taskName(row.task.task)}`;
    if (row.kind === "run") return `${" ".repeat(row.depth + 1)}run ${row.run.iteration}`;
    return ` ${row.count} finished`;
  });
}

describe("the tree", () => {
  const world = busy();
  const rows = (rest: Partial<TreeInput> = {}) =>
    lines(
      rowsOf({
        tasks: world.tasks.values(),
        projects: world.projects,
        attention: world.attention(),
        filter: "",
        open: {},
        ...rest,
      }),
    );

  test("shows what goes on, and folds what is finished", () => {
    expect(rows()).toEqual([
      "infra",
      " terraform-fmt",
      " rotate-certs",
      " 10 finished",
      "webshop",
      " upgrade-axum",
      " fix-login-redirect",
      "  write-regression-test",
      " docs-search",
      " rename-orders",
      " migrate-billing",
      " search-index",
      " 5 finished",
    ]);
    expect(rows({ open: { "finished:webshop": true } })).toContain(" e2e-flake");
  });

  test("shows the runs of the open task before its children", () => {
    const shown = rows({ selected: LOGIN, runs: world.runs.get(LOGIN) });
    const at = shown.indexOf(" fix-login-redirect");
    expect(shown.slice(at + 1, at + 4)).toEqual(["  run 1", "  run 2", "  write-regression-test"]);
  });

  test("finds by name, agent and state, also what is finished", () => {
    expect(rows({ filter: "gemini" })).toEqual(["webshop", " upgrade-axum"]);
    expect(rows({ filter: "chore-7" })).toEqual(["infra", " chore-7"]);
    expect(rows({ filter: "waiting quota" })).toEqual(["infra", " rotate-certs"]);
    expect(rows({ show: "need" })).toEqual(["webshop", " e2e-flake", " migrate-billing", " search-index"]);
    expect(rows({ filter: "nothing at all" })).toEqual([]);
  });

  test("counts each task once", () => {
    const counts = countsOf(world.tasks.values(), world.attention());
    expect(counts).toEqual({ need: 3, running: 3, quota: 1, queued: 2, paused: 1 });
  });

  test("its cost grows as the tasks do, up to 10,000", () => {
    const big = full();
    const all = [...big.tasks.values()];
    const cost = (tasks: typeof all) => {
      const input = { tasks, projects: big.projects, attention: big.attention(), filter: "", open: {} };
      const times = Array.from({ length: 7 }, () => {
        const began = performance.now();
        rowsOf(input);
        return performance.now() - began;
      });
      return Math.min(...times);
    };
    const tenth = cost(all.slice(0, all.length / 10));
    // With the square of their number it would be 100 times as much.
    expect(cost(all) / tenth).toBeLessThan(50);
  });

  test("a task whose parents lead back to it ends", () => {
    const [one] = world.tasks.values();
    const loop = { ...one, parent_task: `${one?.project}/${one?.task}` } as NonNullable<typeof one>;
    expect(() => rowsOf({ tasks: [loop], projects: [], attention: [], filter: "", open: {} })).not.toThrow();
  });
});
