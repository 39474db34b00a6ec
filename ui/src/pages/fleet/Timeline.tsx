import { cx, Icon } from "~/look";
import { NARROW, useMedia } from "~/look/media";
import type { TaskView } from "~/platform/operations";
import { Link, toTask } from "~/route";
import { useApp } from "~/state/app";
import { useOpen } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { useReadable } from "~/state/store";
import { useNow } from "~/state/ticker";
import { clock, taskName } from "~/words";
import { fleet } from "~/words/en.fleet";
import { useRunHistory } from "./history";
import { type Bar, type BarKind, type Lane, lanesOf, windowOf } from "./lanes";
import css from "./Timeline.module.css";

/** Lanes that are drawn. */
const MOST = 60;
const KINDS: BarKind[] = ["work", "need", "hold", "wait", "fail"];

/** Who worked when and what each waits for, on one line of time. */
export function Timeline({ tasks }: { tasks: readonly TaskView[] }) {
  // In one column the tiles come first.
  const isNarrow = useMedia(NARROW);
  const [isOpen, setOpen] = useOpen(isNarrow ? "fleet:timeline:narrow" : "fleet:timeline", !isNarrow);
  return (
    <section className={css.timeline} aria-label={fleet.timeline}>
      <div className={css.head}>
        <button type="button" className={css.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} size={10} />
          {fleet.timeline}
        </button>
        {isOpen && <Key />}
      </div>
      {isOpen && <Chart tasks={tasks} isNarrow={isNarrow} />}
    </section>
  );
}

function Key() {
  return (
    <ul className={css.key}>
      {KINDS.map((kind) => (
        <li key={kind}>
          <span className={cx(css.bar, css[kind])} />
          {fleet.key[kind]}
        </li>
      ))}
    </ul>
  );
}

function Chart({ tasks, isNarrow }: { tasks: readonly TaskView[]; isNarrow: boolean }) {
  const { attention } = useApp();
  const now = useNow(5);
  const items = useReadable(attention.value);
  const lanes = lanesOf(tasks.slice(0, MOST), useRunHistory(), items, now);
  const shown = windowOf(lanes, now);
  /** The part of the line that the word for now takes. */
  const taken = isNarrow ? 0.25 : 0.05;
  const left = (at: number) => `${(100 * (at - shown.from)) / (shown.to - shown.from)}%`;
  return (
    <div className={css.chart}>
      <div className={css.times} aria-hidden="true">
        {shown.ticks
          // The word for now has its place.
          .filter((at) => now - at > (shown.to - shown.from) * taken)
          .map((at) => (
            <span key={at} style={{ left: left(at) }}>
              {clock(at, now)}
            </span>
          ))}
        <span className={css.now} style={{ left: left(now) }}>
          {clock(now, now)}
        </span>
      </div>
      <div className={css.lanes}>
        {lanes.map((lane) => (
          <LaneRow key={keyOf(lane.task)} lane={lane} from={shown.from} left={left} now={now} />
        ))}
        <div className={css.over}>
          <div className={css.line} style={{ left: left(now) }} />
        </div>
      </div>
      {tasks.length > MOST && <p className={css.more}>{fleet.more(tasks.length - MOST)}</p>}
    </div>
  );
}

type RowProps = { lane: Lane; from: number; left: (at: number) => string; now: number };

function LaneRow({ lane: { task, bars }, from, left, now }: RowProps) {
  const name = taskName(task.task);
  const words = (bar: Bar) => fleet.bar(name, fleet.key[bar.kind], clock(bar.from, now), clock(bar.to, now));
  return (
    <div className={css.lane}>
      <Link className={css.name} to={toTask(task.project, task.task)} title={name}>
        {name}
      </Link>
      <div className={css.track} role="img" aria-label={bars.map(words).join("; ") || name}>
        {bars
          .filter((bar) => bar.to >= from)
          .map((bar) => {
            const begin = Math.max(bar.from, from);
            const width = bar.kind === "fail" ? undefined : `calc(${left(bar.to)} - ${left(begin)})`;
            return (
              <span
                key={`${bar.kind}${bar.from}`}
                title={words(bar)}
                className={cx(css.bar, css[bar.kind])}
                style={{ left: left(begin), width }}
              />
            );
          })}
      </div>
    </div>
  );
}
