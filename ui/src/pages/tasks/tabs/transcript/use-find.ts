import type { RefObject } from "react";
import type { LongListHandle } from "~/look/LongList";
import type { Finds } from "../log/search";
import { type Begun, type Find, useFinding } from "../reading/use-find";
import type { Row } from "./rows";
import { type RowFinds, TranscriptSearch } from "./search";
import type { TranscriptStore } from "./store";

/** Pixels above a row that is gone to. */
const ABOVE = 96;

type Given = {
  store: TranscriptStore;
  list: RefObject<LongListHandle | null>;
  /** The row that is seen first. */
  place: () => number;
  /** Unfolds a row. */
  open: (row: Row) => void;
};

/** Finds rows of the transcript. What is found in folded rows unfolds them. */
export function useFind({ store, list, place, open }: Given): Find {
  const begin = (text: string): Begun => {
    const from = store.rows[place()]?.id;
    const search = new TranscriptSearch(store, text);
    return {
      finds: { get: () => findsOf(search.value.get()), watch: search.value.watch },
      run: () => search.run(),
      stop: () => search.stop(),
      first: (finds) => firstFrom(store, finds, from),
    };
  };
  const go = (id: number) => {
    const index = store.rows.findIndex((row) => row.id === id);
    const row = store.rows[index];
    if (!row) return;
    open(row);
    list.current?.toRow(index, ABOVE);
  };
  return useFinding(store, { begin, go });
}

/** Rows are named by their ids. */
function findsOf({ ids, part, isDone }: RowFinds): Finds {
  return { offsets: ids, part, isDone };
}

/** The first find from a row on; before it only where everything was searched. */
function firstFrom(store: TranscriptStore, { offsets: ids, isDone }: Finds, from: number | undefined) {
  if (ids.length === 0) return undefined;
  const found = new Set(ids);
  const at = Math.max(
    0,
    store.rows.findIndex(({ id }) => id === from),
  );
  for (let index = at; index < store.rows.length; index += 1) {
    const id = store.rows[index]?.id ?? -1;
    if (found.has(id)) return id;
  }
  return isDone ? ids[0] : undefined;
}
