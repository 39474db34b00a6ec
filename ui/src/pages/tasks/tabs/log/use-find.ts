import { useEffect, useRef, useState } from "react";
import { navigate, route } from "~/route";
import { type Finds, Search } from "./search";
import type { LogWindow } from "./window";

const NONE: Finds = { offsets: [], part: 0, isDone: true };
/** Milliseconds after the last key before the search begins. */
const PAUSE = 200;

export type Find = {
  isOpen: boolean;
  /** Grows each time it is asked for. */
  asked: number;
  text: string;
  finds: Finds;
  /** The find that is shown, counted from 0; before the first: -1. */
  index: number;
  /** Where the find begins that is shown. */
  offset: number | undefined;
  open(): void;
  close(): void;
  setText(text: string): void;
  stop(): void;
  step(by: number): void;
};

/** Finds in a log. What is looked for is in the address. */
export function useFind(log: LogWindow | undefined, place: () => number, go: (offset: number) => void): Find {
  const [text, setText] = useState(() => route().query.find ?? "");
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(text !== "");
  const [finds, setFinds] = useState<Finds>(NONE);
  const [offset, setOffset] = useState<number>();
  const search = useRef<Search>(undefined);
  const latest = useRef({ place, go });
  latest.current = { place, go };

  useEffect(() => {
    setFinds(NONE);
    setOffset(undefined);
    if (!log || text === "") return;
    let isShown = false;
    const begin = () => {
      const from = latest.current.place();
      const made = new Search(log.source, text);
      search.current = made;
      made.value.watch(() => {
        const now = made.value.get();
        setFinds(now);
        // The first find after what is seen is shown, or the first of all where there is none.
        const first = now.offsets.find((each) => each >= from) ?? (now.isDone ? now.offsets[0] : undefined);
        if (isShown || first === undefined) return;
        isShown = true;
        setOffset(first);
        latest.current.go(first);
      });
      void made.run(log.total, from);
    };
    setFinds({ ...NONE, isDone: false });
    const timer = setTimeout(begin, PAUSE);
    return () => {
      clearTimeout(timer);
      search.current?.stop();
    };
  }, [log, text]);

  useEffect(() => {
    const here = route();
    if ((here.query.find ?? "") === text) return;
    navigate({ ...here, query: { ...here.query, find: text || undefined } }, { replace: true });
  }, [text]);

  const index = offset === undefined ? -1 : finds.offsets.indexOf(offset);
  return {
    isOpen,
    asked,
    text,
    finds,
    index,
    offset,
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
      const { length } = finds.offsets;
      if (length === 0) return;
      const next = finds.offsets[((by > 0 ? index : Math.max(index, 0)) + by + length) % length];
      if (next === undefined) return;
      setOffset(next);
      latest.current.go(next);
    },
  };
}
