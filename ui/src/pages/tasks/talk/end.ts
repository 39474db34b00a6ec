import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** How near to its end a list counts as being there, in pixels. */
const NEAR = 24;

type End = {
  ref: RefObject<HTMLDivElement | null>;
  /** Items that came while the end was out of sight. */
  missed: number;
  toEnd: () => void;
  onScroll: () => void;
};

/** Keeps a growing list at its end, unless a person looks at something above it. */
export function useEndOf(items: number): End {
  const ref = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [seen, setSeen] = useState(items);
  const toEnd = useCallback(() => {
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, []);
  useLayoutEffect(() => {
    if (!isAtEnd.current) return;
    setSeen(items);
    toEnd();
  }, [items, toEnd]);
  const onScroll = () => {
    const box = ref.current;
    if (!box) return;
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (isAtEnd.current) setSeen(items);
  };
  return { ref, missed: Math.max(0, items - seen), toEnd, onScroll };
}
