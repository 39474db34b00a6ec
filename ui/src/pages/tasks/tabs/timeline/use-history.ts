import { useEffect, useState } from "react";
import type { Change } from "~/platform/live/live";
import { useHost } from "~/state/app";
import { batched } from "~/state/batch";
import { keyOf, type TaskRef } from "~/state/keys";

/** Changes of a task that are kept. */
const MOST = 5000;

/** What the journal tells of a task, from its beginning, live. */
export function useHistory(ref: TaskRef): { changes: readonly Change[]; isLoading: boolean } {
  const { live } = useHost();
  const key = keyOf(ref);
  const [told, setTold] = useState<{ key: string; changes: readonly Change[] }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a task is told by its key.
  useEffect(() => {
    const { project, task } = ref;
    let changes: Change[] = [];
    let isOver = false;
    const publish = batched(() => !isOver && setTold({ key, changes: [...changes] }), 100);
    const subscription = live.subscribe({ kind: "events", project, task }, (event) => {
      if (event.kind === "event") changes.push(event.data);
      if (event.kind === "resync") changes = [];
      if (changes.length > 2 * MOST) changes = changes.slice(-MOST);
      publish();
    });
    // A task of which the journal tells nothing is shown by its runs.
    publish();
    return () => {
      isOver = true;
      publish.cancel();
      subscription.close();
    };
  }, [live, key]);
  return told?.key === key ? { changes: told.changes, isLoading: false } : { changes: [], isLoading: true };
}
