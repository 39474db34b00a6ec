import { type Begun, type Find, useFinding } from "../reading/use-find";
import { Search } from "./search";
import type { LogWindow } from "./window";

export type { Find };

/** Finds in a log, whole. */
export function useFind(log: LogWindow, place: () => number, go: (offset: number) => void): Find {
  const begin = (text: string): Begun => {
    const from = place();
    const search = new Search(log.source, text);
    return {
      finds: search.value,
      run: () => search.run(log.total, from),
      stop: () => search.stop(),
      first: ({ offsets, isDone }) =>
        offsets.find((each) => each >= from) ?? (isDone ? offsets[0] : undefined),
    };
  };
  return useFinding(log, { begin, go });
}
