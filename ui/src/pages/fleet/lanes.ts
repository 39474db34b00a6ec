import type { AttentionItem, RunView, TaskView } from "~/platform/operations";
import { keyOf } from "~/state/keys";

export type BarKind = "work" | "need" | "hold" | "wait" | "fail";
/** A stretch of time, in milliseconds. */
export type Bar = { from: number; to: number; kind: BarKind };
export type Lane = { task: TaskView; bars: Bar[] };

/** Shorter than this is not seen as a stretch. */
const SHORT = 1000;

/** Who worked when, and what each waits for now. */
export function lanesOf(
  tasks: readonly TaskView[],
  runs: ReadonlyMap<string, readonly RunView[]>,
  attention: readonly AttentionItem[],
  now: number,
): Lane[] {
  const needs = new Map(attention.map((item) => [keyOf(item), item]));
  return tasks.map((task) => {
    const key = keyOf(task);
    return { task, bars: barsOf(task, runs.get(key) ?? [], needs.get(key), now) };
  });
}

function barsOf(
  task: TaskView,
  runs: readonly RunView[],
  need: AttentionItem | undefined,
  now: number,
): Bar[] {
  const bars: Bar[] = [];
  const add = (from: number | undefined, to: number, kind: BarKind) => {
    if (from !== undefined && !Number.isNaN(from) && to - from >= SHORT) bars.push({ from, to, kind });
  };
  const made = time(task.created_at);
  const began = time(task.started_at) ?? time(runs[0]?.started_at);
  add(made, began ?? now, "wait");
  // A frozen run still counts as one that runs.
  const stands = task.status === "paused" ? (time(task.updated_at) ?? now) : now;
  for (const run of runs) {
    const from = time(run.started_at);
    const to = time(run.ended_at) ?? stands;
    add(from, to, "work");
    if (run.status === "failed" && from !== undefined) bars.push({ from: to, to, kind: "fail" });
  }
  const since = need ? time(need.since) : time(task.updated_at);
  const kind = standing(task, need);
  if (kind && began !== undefined) add(since, now, kind);
  return bars;
}

function standing(task: TaskView, need: AttentionItem | undefined): BarKind | undefined {
  if (need) return need.kind === "failure" || need.kind === "interrupted" ? undefined : "need";
  if (task.status === "paused" || task.status === "waiting_quota") return "hold";
  if (task.status === "queued" || task.status === "waiting") return "wait";
  return undefined;
}

function time(text: string | null | undefined): number | undefined {
  return text ? Date.parse(text) : undefined;
}

const MINUTE = 60_000;
/** Stretches that are drawn, and what is between two ticks of each; in minutes. */
const SPANS = [
  [15, 5],
  [30, 10],
  [60, 15],
  [120, 30],
  [240, 60],
  [480, 120],
  [1440, 360],
] as const;

/** The stretch of time that is drawn: from the first bar, and a little of what is to come. */
export function windowOf(lanes: readonly Lane[], now: number): { from: number; to: number; ticks: number[] } {
  const first = Math.min(now, ...lanes.flatMap(({ bars }) => bars.map((bar) => bar.from)));
  const [minutes, tick] = SPANS.find(([each]) => each * MINUTE >= now - first) ?? [1440, 360];
  const [span, step] = [minutes * MINUTE, tick * MINUTE];
  const from = now - span;
  const ticks: number[] = [];
  // Ticks stand at whole times of the day, wherever one lives.
  const zone = new Date(now).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((from - zone) / step) * step + zone; at < now; at += step) ticks.push(at);
  return { from, to: now + span * 0.06, ticks };
}
