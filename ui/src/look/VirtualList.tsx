import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { cx } from "./cx";
import css from "./VirtualList.module.css";

type Props<T> = {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Pixels of an item's height; rows of one list may differ. */
  heightOf: (item: T) => number;
  children: (item: T, index: number) => ReactNode;
  /** The item that is brought into view when it changes. */
  current?: number;
  className?: string;
  role?: string;
  label?: string;
  /** Whether arrows go through it, by actions. */
  hasArrows?: boolean;
};

/** A list of which only what is seen is drawn. It fills its parent and scrolls. */
export function VirtualList<T>({
  items,
  keyOf,
  heightOf,
  children,
  current = -1,
  className,
  role,
  label,
  hasArrows,
}: Props<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => heightOf(items[index] as T),
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: 12,
    initialRect: { width: 300, height: 900 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights follow from the items.
  useEffect(() => virtual.measure(), [items]);
  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current, { align: "auto" });
  }, [current, virtual]);
  return (
    <div
      ref={scroll}
      role={role}
      aria-label={label}
      data-arrows={hasArrows}
      className={cx(css.scroll, className)}
    >
      <div role="presentation" className={css.all} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start, size }) => (
          <div
            key={key}
            role="presentation"
            className={css.item}
            style={{ height: size, transform: `translateY(${start}px)` }}
          >
            {children(items[index] as T, index)}
          </div>
        ))}
      </div>
    </div>
  );
}
