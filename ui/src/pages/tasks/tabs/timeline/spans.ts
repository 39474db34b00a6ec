import type { Change } from "~/platform/live/live";
import type { RunView, Schema, TaskDetail, TaskStatus, TaskView } from "~/platform/operations";
import { hasEnded } from "~/state/keys";

/** What a stretch of time was used for; each is drawn in its own way. */
export type Use = "run" | "need" | "hold" | "idle" | "fail" | "done";

export type Span = {
  use: Use;
  from: number;
  /** Absent: it goes on. */
  to?: number;
  status: TaskStatus | RunView["status"];
  reason?: string;
  run?: RunView;
};

export type Lane = {
  id: string;
  kind: "task" | "run";
  task: TaskView;
  run?: RunView;
  depth: number;
  spans: Span[];
};

const OF_STATUS: Record<TaskStatus, Use> = {
  waiting: "idle",
  queued: "idle",
  running: "run",
  stopping: "run",
  waiting_answer: "need",
  waiting_review: "need",
  waiting_quota: "hold",
  paused: "hold",
  interrupted: "fail",
  completed: "done",
  failed: "fail",
  stopped: "done",
  timed_out: "fail",
};

/** What a task was at, one after the other, as the journal tells it. */
export function taskSpans(task: TaskView, changes: readonly Change[]): Span[] {
  const told = changes.filter(({ kind, news }) => news && kind !== "task.deleted");
  const first = told[0];
  if (!first) return [];
  const spans: Span[] = [];
  for (const { at, task: then } of told) {
    const from = Date.parse(at);
    const last = spans.at(-1);
    const reason = then.reason ?? undefined;
    if (last?.status === then.status) {
      last.reason ??= reason;
      continue;
    }
    if (last) last.to = Math.max(from, last.from);
    spans.push({ use: OF_STATUS[then.status], from, status: then.status, reason });
  }
  const last = spans.at(-1);
  // The lock may tell more than the journal: what claims to be alive may be interrupted.
  if (last && last.status !== task.status) {
    const from = Date.parse(task.updated_at ?? "") || last.from;
    last.to = Math.max(from, last.from);
    spans.push({
      use: OF_STATUS[task.status],
      from: last.to,
      status: task.status,
      reason: task.reason ?? undefined,
    });
  }
  return spans.filter((span) => !ENDS.has(span.use) || span.use === "fail");
}

const ENDS: ReadonlySet<Use> = new Set(["done"]);

/** The same of a task of which only its runs are known: what lies between them, and what it waits for now. */
export function spansOfRuns(task: TaskView, runs: readonly RunView[]): Span[] {
  const spans = runs.flatMap((run) => runSpan(run) ?? []);
  const begin = Date.parse(task.created_at ?? task.started_at ?? "");
  const first = spans[0]?.from;
  if (begin && first !== undefined && first - begin > 1000) {
    spans.unshift({ use: "idle", from: begin, to: first, status: "queued" });
  }
  const end = spans.reduce((latest, span) => Math.max(latest, span.to ?? Number.POSITIVE_INFINITY), 0);
  const isWaiting = !hasEnded(task) && task.status !== "running" && Number.isFinite(end);
  const from = Math.max(end, Date.parse(task.updated_at ?? task.created_at ?? "") || end);
  if (isWaiting)
    spans.push({ use: OF_STATUS[task.status], from, status: task.status, reason: task.reason ?? undefined });
  return spans;
}

export function runSpan(run: RunView): Span | undefined {
  const from = Date.parse(run.started_at ?? "");
  if (!from) return undefined;
  const to = run.ended_at ? Date.parse(run.ended_at) : undefined;
  const isBad = run.status === "failed" || run.status === "timed_out" || run.status === "lost";
  const reason = run.error ?? undefined;
  return { use: isBad ? "fail" : "run", from, to: to && Math.max(to, from), status: run.status, reason, run };
}

type Tree = Schema<"TreeView">;

/** Lanes of runs, and of tasks that they started: the latest. Earlier runs are in the lane of their task. */
const MOST = 40;

/** The lanes of a task, its runs and the tasks that they started. */
export function lanesOf(detail: TaskDetail, changes: readonly Change[], tree: Tree | undefined): Lane[] {
  const known = taskSpans(detail, changes);
  const spans = known.length > 0 ? known : spansOfRuns(detail, detail.run_list);
  const lanes: Lane[] = [{ id: detail.task, kind: "task", task: detail, depth: 0, spans }];
  for (const run of detail.run_list.slice(-MOST)) {
    const span = runSpan(run);
    if (span) lanes.push({ id: run.run, kind: "run", task: detail, run, depth: 1, spans: [span] });
  }
  for (const child of tree?.children.slice(-MOST) ?? []) addChild(lanes, child, 1);
  return lanes;
}

function addChild(lanes: Lane[], tree: Tree, depth: number): void {
  lanes.push({
    id: `${tree.project}/${tree.task}`,
    kind: "task",
    task: tree,
    depth,
    spans: spansOfRuns(tree, tree.run_list),
  });
  for (const child of tree.children) addChild(lanes, child, depth + 1);
}

/** From the first to the last moment of all lanes; what goes on goes on until now. */
export function extentOf(lanes: readonly Lane[], now: number): [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const { spans } of lanes) {
    for (const span of spans) {
      from = Math.min(from, span.from);
      to = Math.max(to, span.to ?? now);
    }
  }
  if (to === 0) return [now - 60_000, now];
  return [from, Math.max(to, from + 1000)];
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Round times between two, so many at most. */
export function ticksOf(from: number, to: number, most: number): number[] {
  const wanted = (to - from) / 1000 / Math.max(1, most);
  const days = Math.ceil(wanted / 86_400) * 86_400;
  const step = (STEPS.find((each) => each >= wanted) ?? days) * 1000;
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) ticks.push(at);
  return ticks;
}
