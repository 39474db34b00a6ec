import type { ReactNode } from "react";
import { cx, StateGlyph } from "~/look";
import css from "./rows.module.css";

/** A part of the settings: its groups below each other. */
export function Groups({ children }: { children: ReactNode }) {
  return <div className={css.part}>{children}</div>;
}

/** Rows of settings in a frame; `action` stands at the right of the title. */
export function Rows({
  title,
  action,
  children,
}: {
  title?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      {(title || action) && (
        <div className={css.head}>
          <h2 className={css.group}>{title}</h2>
          {action}
        </div>
      )}
      <div className={css.rows}>{children}</div>
    </section>
  );
}

/** A setting: what it is at the left, its control at the right. */
export function Row({
  title,
  hint,
  problem,
  health,
  children,
}: {
  title: ReactNode;
  hint?: ReactNode;
  problem?: string;
  health?: Health;
  children?: ReactNode;
}) {
  return (
    <div className={css.row}>
      {health && <HealthGlyph health={health} />}
      <div className={css.words}>
        <div>{title}</div>
        {hint && <div className={css.hint}>{hint}</div>}
        {problem && (
          <div className={css.problem} role="alert">
            {problem}
          </div>
        )}
      </div>
      {children && <div className={css.control}>{children}</div>}
    </div>
  );
}

/** What needs the whole width of the frame. */
export function Block({ children }: { children: ReactNode }) {
  return <div className={css.block}>{children}</div>;
}

export function Hint({ children }: { children: ReactNode }) {
  return <p className={css.hint}>{children}</p>;
}

export type Health = "good" | "note" | "problem" | "none";

const GLYPHS = { good: "done", note: "question", problem: "failed", none: "stopped" } as const;

/** How something is, by its silhouette; the word stands beside it. */
function HealthGlyph({ health }: { health: Health }) {
  return (
    <span className={css.glyph} aria-hidden="true">
      <StateGlyph glyph={GLYPHS[health]} />
    </span>
  );
}

/** A word for how something is, in its colour. */
export function HealthWord({ health, children }: { health: Health; children: ReactNode }) {
  const colour = { good: css.good, note: css.note, problem: css.bad, none: css.unset }[health];
  return <span className={colour}>{children}</span>;
}

export function Value({ children, isUnset }: { children: ReactNode; isUnset?: boolean }) {
  return <span className={cx(css.value, isUnset && css.unset)}>{children}</span>;
}

/** A short word in a frame behind a title. */
export function Tag({ children }: { children: ReactNode }) {
  return <span className={css.tag}>{children}</span>;
}
