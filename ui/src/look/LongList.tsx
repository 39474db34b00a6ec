import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { cx } from "./cx";
import css from "./LongList.module.css";
import { LongPlace, type LongRows } from "./long-list";

/** Drawn beyond what is seen, above and below, in pixels. */
const BEYOND = 600;
/** Where less than this is drawn beyond what is seen, more is drawn. */
const NEAR = 150;

/** What is seen of a long list. */
export type Seen = { first: number; last: number; isAtEnd: boolean };

export type LongListHandle = {
  toEnd(): void;
  /** Brings a row to the upper edge, or so many pixels below it. */
  toRow(index: number, offset?: number): void;
  focus(): void;
};

type Props = {
  rows: LongRows;
  /** Another one says that the rows changed. */
  version: unknown;
  children: (index: number) => ReactNode;
  label: string;
  role?: "log" | "region";
  handle?: Ref<LongListHandle>;
  /** Called after each drawing and scrolling. */
  onSeen?: (seen: Seen) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
  /** Whether it begins at its end and follows what is added there; else it begins at its start. */
  follows?: boolean;
  /** Whether lines may be wider than the list, which then scrolls to the side. */
  isWide?: boolean;
  className?: string;
};

/**
 * A list of any length, of which only what is near is drawn. Heights are measured; what is read stays where it is
 * while rows come above it; at the end it follows what is added. It fills its parent and scrolls.
 */
export function LongList(props: Props) {
  const {
    rows,
    version,
    children,
    label,
    role = "log",
    handle,
    onSeen,
    onKeyDown,
    follows = true,
    isWide,
    className,
  } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  const [place] = useState(() => new LongPlace(follows));
  const seen = useRef(onSeen);
  seen.current = onSeen;
  place.take(rows, version);

  const view = scroll.current?.clientHeight ?? 900;
  const first = follows ? Math.max(0, place.heights.total - view) : 0;
  const top = scroll.current ? place.wanted(view) : first;
  const [start, end] = place.range(top, view, BEYOND);

  const tell = (at: number, height: number) =>
    seen.current?.({
      first: place.heights.at(at),
      last: place.heights.at(at + height - 1),
      isAtEnd: place.isAtEnd || place.isLast(at, height),
    });

  /** Measures what is drawn and puts everything where it belongs; draws again where more is to be seen. */
  const settle = () => {
    const [outer, inner, block] = [scroll.current, all.current, drawn.current];
    if (!outer || !inner || !block) return;
    const height = outer.clientHeight;
    let index = start;
    for (const row of block.children) place.measured(index++, row.getBoundingClientRect().height);
    inner.style.height = `${place.heights.total}px`;
    // Not by a transform: rows that stay where they are need not be painted again.
    block.style.top = `${place.heights.top(start)}px`;
    const wanted = place.wanted(height);
    if (Math.abs(outer.scrollTop - wanted) > 0.5) outer.scrollTop = wanted;
    const [from, to] = place.range(wanted, height, NEAR);
    if (from < start || to > end) draw();
    tell(wanted, height);
  };
  const latest = useRef(settle);
  latest.current = settle;
  useLayoutEffect(settle);

  useEffect(() => {
    let width = scroll.current?.clientWidth ?? 0;
    const observer = new ResizeObserver(() => {
      const now = scroll.current?.clientWidth ?? 0;
      if (now !== width) place.forget();
      width = now;
      latest.current();
    });
    for (const element of [scroll.current, drawn.current]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [place]);

  useImperativeHandle(handle, () => ({
    toEnd: () => {
      place.isAtEnd = true;
      draw();
    },
    toRow: (index, offset = 0) => {
      if (index < 0 || index >= place.heights.count) return;
      place.hold(index, offset);
      draw();
    },
    focus: () => scroll.current?.focus(),
  }));

  const scrolled = () => {
    const outer = scroll.current;
    if (!outer) return;
    place.scrolled(outer.scrollTop, outer.clientHeight);
    const [from, to] = place.range(outer.scrollTop, outer.clientHeight, NEAR);
    // At once: what comes into view is not to be blank for a frame.
    if (from < start || to > end) flushSync(draw);
    else tell(outer.scrollTop, outer.clientHeight);
  };

  return (
    <div
      ref={scroll}
      role={role}
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      className={cx(css.scroll, isWide && css.wide, className)}
      onScroll={scrolled}
      onKeyDown={onKeyDown}
    >
      <div ref={all} role="presentation" className={css.all} style={{ height: place.heights.total }}>
        <div ref={drawn} role="presentation" className={css.rows} style={{ top: place.heights.top(start) }}>
          {Array.from({ length: end - start }, (_, index) => children(start + index))}
        </div>
      </div>
    </div>
  );
}
