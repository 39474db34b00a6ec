import type { ReactNode } from "react";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";

const SIGNS: Record<string, ReactNode> = {
  added: <path d="M7 4.5v5M4.5 7h5" />,
  deleted: <path d="M4.5 7h5" />,
  modified: <circle cx="7" cy="7" r="1.8" fill="currentColor" stroke="none" />,
  renamed: <path d="M4 7h6M7.8 4.8L10 7 7.8 9.2" />,
  mode: <path d="M4.5 5.5L6 7 4.5 8.5M7 9h3" />,
  type: <path d="M5 9l4-4M6 5h3v3" />,
};

/** How a file changed: a silhouette, and beside it its word where there is room. */
export function Kind({ kind }: { kind: string }) {
  return (
    <span className={css.kind} data-kind={kind}>
      <svg
        aria-hidden="true"
        viewBox="0 0 14 14"
        width="14"
        height="14"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <rect x="1.2" y="1.2" width="11.6" height="11.6" rx="2.4" />
        {SIGNS[kind]}
      </svg>
      <span className={css.word}>{changes.kinds[kind] ?? kind}</span>
    </span>
  );
}
