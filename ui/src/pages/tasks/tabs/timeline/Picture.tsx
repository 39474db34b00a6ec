import { type KeyboardEvent, useId } from "react";
import { cx, State } from "~/look";
import { Link, navigate, print, type Route, toTask } from "~/route";
import { clock, duration, en, statusWord, taskName } from "~/words";
import { reading } from "~/words/en.reading";
import css from "./Picture.module.css";
import type { Lane, Span, Use } from "./spans";
import { ticksOf } from "./spans";

const ROW = 26;
const HEAD = 26;

/** Something that was said at a moment, with the way to it. */
export type Mark = { at: number; title: string; use: Use; to: Route };

type Props = {
  lanes: readonly Lane[];
  /** The moments between which it is drawn. */
  from: number;
  to: number;
  now: number;
  /** Whether something goes on. */
  isLive: boolean;
  marks: readonly Mark[];
};

/** Who ran when and what was waited for. Each bar is a way to its evidence; arrows go through them. */
export function Picture({ lanes, from, to, now, isLive, marks }: Props) {
  const id = useId();
  const height = HEAD + lanes.length * ROW;
  // Room at the right edge, so that what goes on now does not end at the border.
  const until = isLive ? to + (to - from) * 0.04 : to;
  const x = (at: number) => ((Math.max(from, Math.min(until, at)) - from) / (until - from)) * 100;
  const shown = (span: Span) => span.from <= until && (span.to ?? now) >= from;
  const ticks = ticksOf(from, until, 7).filter((at) => !isLive || Math.abs(x(at) - x(now)) > 6);
  return (
    <div className={css.picture}>
      <div className={css.labels}>
        {lanes.map((lane) => (
          <Label key={lane.id} lane={lane} now={now} />
        ))}
      </div>
      <svg
        role="group"
        aria-label={reading.time.picture}
        className={css.drawing}
        height={height + 4}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one stop of Tab, from which arrows go through the bars.
        tabIndex={0}
        onKeyDown={move}
      >
        <Patterns id={id} />
        {ticks.map((at) => (
          <g key={at}>
            <line className={css.grid} x1={`${x(at)}%`} x2={`${x(at)}%`} y1={HEAD - 6} y2={height} />
            <text className={css.tick} x={`${x(at)}%`} y={13} textAnchor={x(at) < 4 ? "start" : "middle"}>
              {label(at, now, until - from)}
            </text>
          </g>
        ))}
        {lanes.map((lane, row) =>
          lane.spans
            .filter(shown)
            .map((span) => (
              <Bar
                key={`${lane.id}${span.from}${span.status}`}
                id={id}
                lane={lane}
                span={span}
                x={x(span.from)}
                width={x(span.to ?? now) - x(span.from)}
                y={HEAD + row * ROW}
                now={now}
              />
            )),
        )}
        {marks
          .filter(({ at }) => at >= from && at <= until)
          .map((mark) => (
            <MarkView key={`${mark.at}${mark.title}`} mark={mark} x={x(mark.at)} />
          ))}
        {isLive && (
          <g>
            <line className={css.now} x1={`${x(now)}%`} x2={`${x(now)}%`} y1={HEAD - 8} y2={height} />
            <text className={css.nowText} x={`${x(now)}%`} y={13} textAnchor="end">
              {clock(now, now)}
            </text>
          </g>
        )}
      </svg>
    </div>
  );
}

function Label({ lane, now }: { lane: Lane; now: number }) {
  const { task, run, depth } = lane;
  const to = run
    ? toTask(task.project, task.task, "transcript", { run: run.run })
    : toTask(task.project, task.task, depth === 0 ? undefined : "timeline");
  const first = lane.spans[0];
  const end = run?.ended_at ? Date.parse(run.ended_at) : now;
  return (
    <Link
      to={to}
      className={cx(css.label, depth === 0 && css.main)}
      style={{ paddingLeft: Math.min(depth, 4) * 12 }}
    >
      <State status={run?.status ?? task.status} />
      <span>
        {run ? en.reading.run(run.iteration ?? 1) : taskName(task.task)}
        {run && <span className={css.agent}> · {run.agent}</span>}
      </span>
      {run && first && <small>{duration(end - first.from)}</small>}
    </Link>
  );
}

type BarProps = { id: string; lane: Lane; span: Span; x: number; width: number; y: number; now: number };

function Bar({ id, lane, span, x, width, y, now }: BarProps) {
  const isThin = lane.kind === "run";
  const size = isThin ? 8 : 12;
  const words = wordsOf(lane, span, now);
  const pattern = span.use === "need" || span.use === "hold" ? `url(#${id}${span.use})` : undefined;
  return (
    <Way to={evidenceOf(lane, span)} words={words}>
      {/* The whole height of the row is pressed. */}
      <rect
        x={`${x}%`}
        y={y}
        height={ROW}
        style={{ width: `max(6px, ${width}%)` }}
        fill="transparent"
        stroke="none"
      />
      <rect
        x={`${x}%`}
        y={y + (ROW - size) / 2}
        height={size}
        rx={2.5}
        style={{ width: `max(3px, ${width}%)`, fill: pattern }}
        className={css[span.use]}
      />
    </Way>
  );
}

function MarkView({ mark, x }: { mark: Mark; x: number }) {
  return (
    <Way to={mark.to} words={mark.title}>
      <svg x={`${x}%`} y={HEAD - 1} overflow="visible" aria-hidden="true">
        <path d="M-4 0h8v5L0 9l-4-4z" className={cx(css.mark, css[mark.use])} />
      </svg>
    </Way>
  );
}

/** A way within a drawing to another part of the page. */
function Way({ to, words, children }: { to: Route; words: string; children: React.ReactNode }) {
  return (
    <a
      href={print(to)}
      aria-label={words}
      className={css.bar}
      tabIndex={-1}
      data-way
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      <title>{words}</title>
      {children}
    </a>
  );
}

/** Where it is seen what happened in a stretch of time. */
function evidenceOf({ task, run }: Lane, span: Span): Route {
  const { project, task: name } = task;
  const id = span.run?.run ?? run?.run;
  if (span.use === "need" || span.use === "idle") return toTask(project, name, "messages");
  if (span.use === "fail" && id) return toTask(project, name, "log", { run: id });
  return toTask(project, name, "transcript", { run: id });
}

function wordsOf({ task, run }: Lane, span: Span, now: number): string {
  const name = run ? `${en.reading.run(run.iteration ?? 1)}, ${run.agent}` : taskName(task.task);
  const when = span.to
    ? reading.time.from(clock(span.from, now), clock(span.to, now))
    : reading.time.since(clock(span.from, now));
  const long = duration((span.to ?? now) - span.from);
  const words = [`${name}: ${statusWord(span.status)}`, `${when}, ${long}`, span.reason];
  return words.filter(Boolean).join("\n");
}

/** A time at the axis: to the second where all of it is short. */
function label(at: number, now: number, span: number): string {
  const time = new Date(at);
  if (span < 150_000) return time.toTimeString().slice(0, 8);
  return clock(at, now);
}

/** Patterns, so that no use is told by its colour alone. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}need`}
        width={6}
        height={6}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width={6} height={6} className={css.ground} />
        <rect width={3} height={6} className={css.need} />
      </pattern>
      <pattern id={`${id}hold`} width={5} height={5} patternUnits="userSpaceOnUse">
        <rect width={5} height={5} className={css.ground} />
        <rect width={2.5} height={5} className={css.hold} />
      </pattern>
    </defs>
  );
}

const USES: readonly Exclude<Use, "done">[] = ["run", "need", "hold", "idle", "fail"];

/** What the bars mean. */
export function Key() {
  const id = useId();
  return (
    <div className={css.key}>
      {USES.map((use) => (
        <span key={use}>
          <svg width={use === "fail" ? 5 : 18} height={8} aria-hidden="true">
            <Patterns id={id} />
            <rect
              width="100%"
              height={8}
              rx={2.5}
              className={css[use]}
              style={{ fill: use === "need" || use === "hold" ? `url(#${id}${use})` : undefined }}
            />
          </svg>
          {reading.time.key[use]}
        </span>
      ))}
    </div>
  );
}

function move(event: KeyboardEvent<SVGSVGElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll<SVGAElement>("[data-way]")];
  const at = all.indexOf(document.activeElement as Element as SVGAElement);
  all[(at + step + all.length) % all.length]?.focus();
}
