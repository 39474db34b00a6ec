import { useEffect, useState } from "react";
import type { Change } from "~/platform/live/live";
import type { RunView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { keyOf } from "~/state/keys";

type Runs = ReadonlyMap<string, readonly RunView[]>;
const NONE: Runs = new Map();

/** The latest runs of all tasks by task, the oldest first, and those that come while they are shown. */
export function useRunHistory(): Runs {
  const { host, journal } = useApp();
  const [runs, setRuns] = useState(NONE);
  useEffect(() => {
    let isOver = false;
    const load = async () => {
      const { items } = await host.request("runs_list", { query: { limit: 500 } });
      if (!isOver) setRuns(new Map(grouped(items.toReversed())));
    };
    const follower = {
      load,
      apply: (changes: Change[]) => {
        const changed = changes.flatMap(({ run }) => run ?? []);
        if (changed.length > 0) setRuns((before) => withRuns(before, changed));
      },
      failed: () => undefined,
    };
    journal.followers.push(follower);
    load().catch(() => undefined);
    return () => {
      isOver = true;
      journal.followers.splice(journal.followers.indexOf(follower), 1);
    };
  }, [host, journal]);
  return runs;
}

function grouped(runs: readonly RunView[]): Map<string, RunView[]> {
  const found = new Map<string, RunView[]>();
  for (const run of runs) found.set(keyOf(run), [...(found.get(keyOf(run)) ?? []), run]);
  return found;
}

export function withRuns(before: Runs, changed: readonly RunView[]): Runs {
  const next = new Map(before);
  for (const run of changed) {
    const own = next.get(keyOf(run)) ?? [];
    const isKnown = own.some((each) => each.run === run.run);
    next.set(keyOf(run), isKnown ? own.map((each) => (each.run === run.run ? run : each)) : [...own, run]);
  }
  return next;
}
