import type { ReactNode } from "react";
import css from "./rows.module.css";

/** Rows of settings in a frame. */
export function Rows({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section>
      {title && <h2 className={css.group}>{title}</h2>}
      <div className={css.rows}>{children}</div>
    </section>
  );
}

/** A setting: what it is at the left, its control at the right. */
export function Row({
  title,
  hint,
  problem,
  children,
}: {
  title: ReactNode;
  hint?: ReactNode;
  problem?: string;
  children?: ReactNode;
}) {
  return (
    <div className={css.row}>
      <div className={css.words}>
        <div>{title}</div>
        {hint && <div className={css.hint}>{hint}</div>}
        {problem && (
          <div className={css.problem} role="alert">
            {problem}
          </div>
        )}
      </div>
      {children}
    </div>
  );
}
