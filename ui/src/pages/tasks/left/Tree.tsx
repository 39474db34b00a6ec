import { useMemo } from "react";
import { useActions } from "~/actions";
import { Button, EmptyState, VirtualList } from "~/look";
import type { RunView } from "~/platform/operations";
import { navigate, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { BUCKETS } from "~/state/counts";
import { usePreferences, useResource } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import type { Density } from "~/state/preferences";
import { useSelection } from "~/state/selection";
import { useReadable } from "~/state/store";
import { type Row, rowsOf } from "~/state/tree";
import { en } from "~/words";
import { TreeRow } from "./TreeRow";

const HEIGHTS: Record<Density, Record<Row["kind"], number>> = {
  dense: { project: 32, task: 42, run: 28, finished: 30 },
  airy: { project: 38, task: 50, run: 34, finished: 36 },
};
const NO_RUNS: RunView[] = [];

/** Projects, their tasks, and below the open one its runs. */
export function Tree({ filter, clear }: { filter: string; clear: () => void }) {
  const app = useApp();
  const { byKey, version, projects } = useReadable(app.tasks.value);
  const attention = useReadable(app.attention.value);
  const [{ open, density }] = usePreferences();
  const route = useRoute();
  const selection = useSelection();
  const runs = useRuns(selection);
  const selected = selection && keyOf(selection);
  const show = BUCKETS.find((bucket) => bucket === route.query.show);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is one that changes; its version says when.
  const rows = useMemo(
    () => rowsOf({ tasks: byKey.values(), projects, attention, filter, show, open, selected, runs }),
    [byKey, version, projects, attention, filter, show, open, selected, runs],
  );
  const current = rows.findIndex((row) => row.kind === "task" && keyOf(row.task) === selected);
  const beside = (by: number) => {
    const tasks = rows.flatMap((row) => (row.kind === "task" ? [row.task] : []));
    const at = tasks.findIndex((task) => keyOf(task) === selected);
    return tasks[at < 0 ? (by > 0 ? 0 : tasks.length - 1) : at + by];
  };
  const step = (by: number) => {
    const next = beside(by);
    if (next) navigate(toTask(next.project, next.task, tabOf(route), route.query), { replace: current >= 0 });
  };
  useActions([
    {
      id: "list.next",
      also: ["arrowdown"],
      when: () => beside(1) !== undefined,
      run: () => step(1),
    },
    {
      id: "list.previous",
      also: ["arrowup"],
      when: () => beside(-1) !== undefined,
      run: () => step(-1),
    },
  ]);
  if (rows.length === 0) {
    const all = (
      <Button
        onClick={() => {
          clear();
          navigate({ ...route, query: { ...route.query, show: undefined } });
        }}
      >
        {en.tree.clear}
      </Button>
    );
    return <EmptyState title={en.tree.noMatch} actions={all} />;
  }
  return (
    <VirtualList
      items={rows}
      keyOf={(row) => row.id}
      heightOf={(row) => HEIGHTS[density][row.kind]}
      current={current}
      role="tree"
      label={en.tree.label}
      hasArrows
    >
      {(row) => <TreeRow row={row} selected={selected} />}
    </VirtualList>
  );
}

function tabOf(route: ReturnType<typeof useRoute>): string | undefined {
  return route.page === "tasks" ? route.tab : undefined;
}

function useRuns(ref: TaskRef | undefined): readonly RunView[] {
  const { host } = useApp();
  const name = ref ? `${keyOf(ref)}:detail` : "none:detail";
  const { data } = useResource(
    name,
    async () => (ref ? host.request("tasks_show", { path: ref }) : undefined),
    ref,
  );
  return data?.run_list ?? NO_RUNS;
}
