import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { bytes } from "~/words";
import { reading } from "~/words/en.reading";
import css from "./LogView.module.css";
import type { LogWindow } from "./window";

/** Finds that are marked, at most. */
const MARKS = 300;

type Props = { log: LogWindow; offset: number; finds: readonly number[]; go: (offset: number) => void };

/** Where in a large file what is seen stands; another place is chosen by dragging or by keys. */
export function Rail({ log, offset, finds, go }: Props) {
  const rail = useRef<HTMLDivElement>(null);
  const { total } = log;
  const part = total === 0 ? 0 : Math.min(1, offset / total);
  const percent = Math.round(part * 100);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const box = rail.current?.getBoundingClientRect();
    if (!box || (event.type === "pointermove" && event.buttons === 0)) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    go(Math.max(0, Math.min(1, (event.clientY - box.top) / box.height)) * total);
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 0.01, ArrowUp: -0.01, PageDown: 0.1, PageUp: -0.1, Home: -1, End: 1 }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    go(Math.max(0, Math.min(1, part + step)) * total);
  };
  const every = Math.max(1, Math.ceil(finds.length / MARKS));
  return (
    <div
      ref={rail}
      role="slider"
      tabIndex={0}
      aria-label={reading.log.place}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={reading.log.placeOf(percent, bytes(total))}
      className={css.rail}
      onPointerDown={drag}
      onPointerMove={drag}
      onKeyDown={key}
    >
      {finds
        .filter((_, index) => index % every === 0)
        .map((find) => (
          <div key={find} className={css.found} style={{ top: `${(find / total) * 100}%` }} />
        ))}
      <div className={css.thumb} style={{ top: `calc(${part} * (100% - 24px))` }} />
    </div>
  );
}
