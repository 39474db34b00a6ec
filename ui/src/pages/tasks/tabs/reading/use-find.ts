import { useEffect, useRef, useState } from "react";
import type { Readable } from "~/platform/host";
import { navigate, route } from "~/route";
import type { Finds } from "../log/search";

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
  /** The find that is shown: where it begins, or the row that it is. */
  offset: number | undefined;
  open(): void;
  close(): void;
  setText(text: string): void;
  stop(): void;
  step(by: number): void;
};

/** A search that has not begun, from what is seen on. */
export type Begun = {
  finds: Readable<Finds>;
  run(): Promise<void>;
  stop(): void;
  /** The find that is shown first: after what is seen, or the first of all where there is none. */
  first(finds: Finds): number | undefined;
};

type How = { begin: (text: string) => Begun; go: (offset: number) => void };

/** Finds in what is read, which `of` names. What is looked for is in the address. */
export function useFinding(of: unknown, { begin, go }: How): Find {
  const [text, setText] = useState(() => route().query.find ?? "");
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(text !== "");
  const [finds, setFinds] = useState(NONE);
  const [offset, setOffset] = useState<number>();
  const search = useRef<Begun>(undefined);
  const latest = useRef({ begin, go });
  latest.current = { begin, go };
  const show = (next: number) => {
    setOffset(next);
    latest.current.go(next);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: how it is looked for is told by what is looked through.
  useEffect(() => {
    setFinds(NONE);
    setOffset(undefined);
    if (text === "") return;
    let isShown = false;
    setFinds({ ...NONE, isDone: false });
    const timer = setTimeout(() => {
      const made = latest.current.begin(text);
      search.current = made;
      made.finds.watch(() => {
        const now = made.finds.get();
        setFinds(now);
        const first = made.first(now);
        if (isShown || first === undefined) return;
        isShown = true;
        show(first);
      });
      void made.run();
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      search.current?.stop();
    };
  }, [of, text]);

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
      if (next !== undefined) show(next);
    },
  };
}
