import { useEffect, useState } from "react";
import type { AgentEvent } from "~/platform/operations";
import { actionSentence } from "~/words";
import { useApp } from "./app";
import { inStep } from "./batch";
import { keyOf, type TaskRef } from "./keys";
import { useSelected } from "./store";
import { followTail } from "./tail";

/** What a task's agent does now, in words, live while it is shown; none where it says nothing. */
export function useLastAction(ref: TaskRef): string | undefined {
  const { host, runs } = useApp();
  const run = useSelected(runs.value, (all) => all.get(keyOf(ref)));
  const id = run?.run;
  const [told, setTold] = useState<{ run: string; action: string }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id; the rest of it changes.
  useEffect(() => {
    if (!run) return;
    let action: string | undefined;
    // It may do more in a second than anybody reads.
    const publish = inStep(() => setTold(action ? { run: run.run, action } : undefined));
    const leave = followTail(host, run, (events) => {
      action = lastOf(events) ?? action;
      publish();
    });
    return () => {
      publish.cancel();
      leave();
    };
  }, [host, id]);
  return told && told.run === id ? told.action : undefined;
}

function lastOf(events: readonly AgentEvent[]): string | undefined {
  for (const event of events.toReversed()) {
    const action = actionSentence(event);
    if (action) return action;
  }
  return undefined;
}
