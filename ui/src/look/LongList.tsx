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
  const late = useRef(0);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  place.take(rows, version);

  // Not asked of the page: that would lay it out before the rows are in it.
  const height = useRef(900);
  const view = height.current;
  const first = follows ? Math.max(0, place.heights.total - view) : 0;
  const top = scroll.current ? place.wanted(view) : first;
  const [start, end] = place.window(top, view);

  /** Whether somebody or we scrolled, and where to is not known yet; it is no matter any more. */
  const wasLate = () => {
    const was = late.current !== 0;
    cancelAnimationFrame(late.current);
    late.current = 0;
    return was;
  };
  const tell = (at: number) =>
    seen.current?.({
      first: place.heights.at(at),
      last: place.heights.at(at + height.current - 1),
      isAtEnd: place.isAtEnd || place.isLast(at, height.current),
    });

  /** Measures what is drawn and puts everything where it belongs; draws again where more is to be seen. */
  const settle = () => {
    const [outer, inner, block] = [scroll.current, all.current, drawn.current];
    if (!outer || !inner || !block) return;
    height.current = outer.clientHeight;
    if (wasLate()) place.scrolled(outer.scrollTop, height.current);
    measure(place, block, start, end);
    inner.style.height = `${place.heights.total}px`;
    // Not by a transform: rows that stay where they are need not be painted again.
    block.style.top = `${place.heights.top(start)}px`;
    const wanted = place.wanted(height.current);
    if (Math.abs(outer.scrollTop - wanted) > 0.5) outer.scrollTop = wanted;
    place.put(wanted);
    if (place.lacks(wanted, height.current, true)) draw();
    tell(wanted);
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
      wasLate();
      place.isAtEnd = true;
      draw();
    },
    toRow: (index, offset = 0) => {
      if (index < 0 || index >= place.heights.count) return;
      wasLate();
      place.hold(index, offset);
      draw();
    },
    focus: () => scroll.current?.focus(),
  }));

  const scrolled = () => {
    const outer = scroll.current;
    wasLate();
    if (!outer) return;
    const at = outer.scrollTop;
    // It may have become another before this: what is below it is answered, and gone.
    height.current = outer.clientHeight;
    place.scrolled(at, height.current);
    // What comes into view is not to be blank for a frame; the rest has time until after it.
    if (place.lacks(at, height.current, true)) return flushSync(draw);
    if (place.lacks(at, height.current, false)) draw();
    tell(at);
  };
  const scrolledLast = useRef(scrolled);
  scrolledLast.current = scrolled;
  const onScroll = () => {
    // At the end it is mostly our own: where it stands is asked for when the rows of this frame are in their places.
    if (place.isAtEnd) late.current ||= requestAnimationFrame(() => scrolledLast.current());
    else scrolled();
  };

  return (
    <div
      ref={scroll}
      role={role}
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      className={cx(css.scroll, isWide && css.wide, className)}
      onScroll={onScroll}
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

/** Measures rows that were not yet; all of them where they are higher or lower together than is known. */
function measure(place: LongPlace, block: HTMLElement, start: number, end: number): void {
  const all = [...block.children];
  const take = (row: Element, index: number) =>
    place.measured(start + index, row.getBoundingClientRect().height);
  for (const [index, row] of all.entries()) if (!place.isMeasured(start + index)) take(row, index);
  const known = place.heights.top(end) - place.heights.top(start);
  if (Math.abs(block.getBoundingClientRect().height - known) >= 0.25) all.forEach(take);
}
