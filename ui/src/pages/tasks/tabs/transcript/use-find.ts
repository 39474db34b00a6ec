import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { LongListHandle } from "~/look/LongList";
import { navigate, route } from "~/route";
import type { Find } from "../log/use-find";
import type { Row } from "./rows";
import { type RowFinds, TranscriptSearch } from "./search";
import type { TranscriptStore } from "./store";

const NONE: RowFinds = { ids: [], part: 0, isDone: true };
/** Milliseconds after the last key before the search begins. */
const PAUSE = 200;
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

/** Finds rows of the transcript. What is looked for is in the address; what is found in folded rows unfolds them. */
export function useFind({ store, list, place, open }: Given): Find {
  const [text, setText] = useState(() => route().query.find ?? "");
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(text !== "");
  const [finds, setFinds] = useState(NONE);
  const [current, setCurrent] = useState<number>();
  const search = useRef<TranscriptSearch>(undefined);
  const latest = useRef({ place, open });
  latest.current = { place, open };

  const go = useMemo(
    () => (id: number) => {
      setCurrent(id);
      const index = store.rows.findIndex((row) => row.id === id);
      const row = store.rows[index];
      if (!row) return;
      latest.current.open(row);
      list.current?.toRow(index, ABOVE);
    },
    [store, list],
  );

  useEffect(() => {
    setFinds(NONE);
    setCurrent(undefined);
    if (text === "") return;
    let isShown = false;
    const timer = setTimeout(() => {
      const from = store.rows[latest.current.place()]?.id;
      const made = new TranscriptSearch(store, text);
      search.current = made;
      made.value.watch(() => {
        const now = made.value.get();
        setFinds(now);
        const first = firstFrom(store, now, from);
        if (isShown || first === undefined) return;
        isShown = true;
        go(first);
      });
      void made.run();
    }, PAUSE);
    setFinds({ ...NONE, isDone: false });
    return () => {
      clearTimeout(timer);
      search.current?.stop();
    };
  }, [store, text, go]);

  useEffect(() => {
    const here = route();
    if ((here.query.find ?? "") === text) return;
    navigate({ ...here, query: { ...here.query, find: text || undefined } }, { replace: true });
  }, [text]);

  const index = current === undefined ? -1 : finds.ids.indexOf(current);
  return {
    isOpen,
    asked,
    text,
    finds: { offsets: finds.ids, part: finds.part, isDone: finds.isDone },
    index,
    offset: current,
    open: () => {
      setOpen(true);
      setAsked((turn) => turn + 1);
    },
    close: () => {
      setOpen(false);
      setText("");
    },
    setText,
    stop: () => search.current?.stop(),
    step: (by) => {
      const { length } = finds.ids;
      if (length === 0) return;
      const next = finds.ids[((by > 0 ? index : Math.max(index, 0)) + by + length) % length];
      if (next !== undefined) go(next);
    },
  };
}

/** The first find from a row on; before it only where everything was searched. */
function firstFrom(store: TranscriptStore, { ids, isDone }: RowFinds, from: number | undefined) {
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
