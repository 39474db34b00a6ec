import type { RunView, TaskStatus, TaskView } from "../../operations";
import type { World } from "../world";

type Step = [minutes: number, status: TaskStatus, reason?: string];

/** Puts into the journal what a task was at, in minutes before now, and its runs. */
export function history(
  world: World,
  task: TaskView,
  runs: readonly RunView[],
  steps: readonly Step[],
): void {
  const minutes = (at: string) => (Date.parse(at) - world.clock.now()) / 60_000;
  const told = steps.map(
    ([at, status, reason]): Parameters<World["record"]> => [
      `task.${status}`,
      at,
      { ...task, status, reason },
    ],
  );
  for (const run of runs) {
    const begun: RunView = { ...run, status: "running", ended_at: undefined };
    if (run.started_at)
      told.push(["run.started", minutes(run.started_at), { ...task, status: "running" }, begun]);
    if (run.ended_at) told.push(["run.ended", minutes(run.ended_at), { ...task, status: "running" }, run]);
  }
  for (const each of told.sort((a, b) => a[1] - b[1])) world.record(...each);
}
