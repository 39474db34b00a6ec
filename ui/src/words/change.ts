import type { Change } from "~/platform/live/live";
import { en } from "./en";
import { taskName } from "./names";
import { statusWord } from "./status";

/** A change of the journal as a line of a history: "Run 2 started with codex". */
export function changeSentence({ kind, task, run }: Change): string {
  if (kind === "run.started") return en.change.runStarted(run?.iteration ?? undefined, run?.agent);
  if (kind === "run.ended")
    return en.change.runEnded(run?.iteration ?? undefined, run ? statusWord(run.status) : "");
  if (kind === "task.deleted") return en.change.deleted;
  // What it waits for says more than that it waits.
  return (WAITS.has(task.status) && task.reason) || statusWord(task.status);
}

const WAITS = new Set(["queued", "waiting", "waiting_quota"]);

/** What is announced of a change to who cannot see it; none where it is not worth a word. */
export function announcement({ kind, task, news }: Change): string | undefined {
  const name = taskName(task.task);
  if (!news) return undefined;
  if (kind.startsWith("task.") && LOUD.has(task.status))
    return en.change.announced(name, statusWord(task.status));
  return undefined;
}

const LOUD = new Set([
  "waiting_answer",
  "waiting_review",
  "completed",
  "failed",
  "stopped",
  "timed_out",
  "interrupted",
]);
