import { useEffect, useState } from "react";
import type { Host } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { AgentEvent, RunView } from "~/platform/operations";
import { actionSentence } from "~/words";
import { useApp } from "./app";
import { keyOf, type TaskRef } from "./keys";
import { useSelected } from "./store";

/** How much of the end of a run's events is read to find the last action. */
const TAIL = 16 * 1024;

/** What a task's agent does now, in words, live while it is shown; none where it says nothing. */
export function useLastAction(ref: TaskRef): string | undefined {
  const { host, runs } = useApp();
  const run = useSelected(runs.value, (all) => all.get(keyOf(ref)));
  const id = run?.run;
  const [told, setTold] = useState<{ run: string; action: string }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id; the rest of it changes.
  useEffect(
    () => (run ? follow(host, run, (action) => setTold({ run: run.run, action })) : undefined),
    [host, id],
  );
  return told && told.run === id ? told.action : undefined;
}

function follow(host: Host, run: RunView, told: (action: string) => void): () => void {
  let subscription: Subscription | undefined;
  let isOver = false;
  const begin = (size: number) => {
    if (isOver) return;
    const { project, task } = run;
    let rest = "";
    const hear = (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const action = lastOf(lines);
      if (action) told(action);
    };
    subscription = host.live.subscribe(
      { kind: "log", project, task, run: run.run, stream: "events" },
      (event) => event.kind === "log" && event.data.text !== undefined && hear(event.data.text),
      String(Math.max(0, size - TAIL)),
    );
  };
  const path = { project: run.project, task: run.task, run: run.run };
  host
    .request("runs_files_of_task", { path })
    .then(({ items }) => begin(items.find((file) => file.name === "events.jsonl")?.bytes ?? 0))
    .catch(() => undefined);
  return () => {
    isOver = true;
    subscription?.close();
  };
}

function lastOf(lines: string[]): string | undefined {
  for (const line of lines.reverse()) {
    const action = parsed(line);
    if (action) return action;
  }
  return undefined;
}

function parsed(line: string): string | undefined {
  try {
    return actionSentence(JSON.parse(line) as AgentEvent);
  } catch {
    // The first line of the tail is cut.
    return undefined;
  }
}
