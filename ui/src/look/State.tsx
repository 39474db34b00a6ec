import type { ReactNode } from "react";
import type { AttentionItem, RunStatus, TaskStatus } from "~/platform/operations";
import { en } from "~/words";
import { cx } from "./cx";
import css from "./State.module.css";

/** Every silhouette; each is told from the others without colour at 14 px. */
export type Glyph =
  | "running"
  | "question"
  | "review"
  | "failed"
  | "done"
  | "paused"
  | "queued"
  | "quota"
  | "back"
  | "stopped"
  | "broken"
  | "late";

export type Tone = "run" | "need" | "fail" | "done" | "hold" | "idle";

const GLYPHS: Record<Glyph, { tone: Tone; draw: ReactNode }> = {
  running: {
    tone: "run",
    draw: (
      <circle cx="7" cy="7" r="5" fill="none" strokeWidth="2" strokeDasharray="22 10" strokeLinecap="round" />
    ),
  },
  question: {
    tone: "need",
    draw: <path d="M2 2h10v7.5H7L4 12.5V9.5H2z" fill="currentColor" stroke="none" />,
  },
  review: {
    tone: "need",
    draw: (
      <>
        <path d="M1.2 7C3 4 5 3 7 3s4 1 5.8 4C11 10 9 11 7 11S3 10 1.2 7z" fill="none" strokeWidth="1.6" />
        <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />
      </>
    ),
  },
  failed: {
    tone: "fail",
    draw: (
      <>
        <path d="M4.4 1h5.2L13 4.4v5.2L9.6 13H4.4L1 9.6V4.4z" fill="currentColor" stroke="none" />
        <path d="M5 5l4 4M9 5l-4 4" className={css.cut} strokeWidth="1.6" strokeLinecap="round" />
      </>
    ),
  },
  done: {
    tone: "done",
    draw: (
      <path
        d="M2 7.5l3.3 3.3L12 3.5"
        fill="none"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    ),
  },
  paused: {
    tone: "hold",
    draw: <path d="M3.5 2h2.5v10H3.5zM8 2h2.5v10H8z" fill="currentColor" stroke="none" />,
  },
  queued: {
    tone: "idle",
    draw: <path d="M2 3.5h10M2 7h10M2 10.5h6" strokeWidth="1.8" strokeLinecap="round" />,
  },
  quota: {
    tone: "hold",
    draw: (
      <path
        d="M3 1.5h8M3 12.5h8M4 1.5c0 4 6 4 6 11M10 1.5c0 4-6 4-6 11"
        strokeWidth="1.5"
        fill="none"
        strokeLinecap="round"
      />
    ),
  },
  back: {
    tone: "need",
    draw: (
      <path
        d="M5 3L2 6l3 3M2 6h6.5a3.5 3.5 0 0 1 0 7H6"
        strokeWidth="1.7"
        fill="none"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    ),
  },
  stopped: {
    tone: "idle",
    draw: <rect x="3" y="3" width="8" height="8" rx="1" fill="currentColor" stroke="none" />,
  },
  broken: {
    tone: "fail",
    draw: <path d="M8.2 1L3 8h3.2L5.4 13 11 5.8H7.6z" fill="currentColor" stroke="none" />,
  },
  late: {
    tone: "fail",
    draw: (
      <>
        <circle cx="7" cy="7" r="5.2" fill="none" strokeWidth="1.6" />
        <path d="M7 4v3.2l2.2 1.5" fill="none" strokeWidth="1.6" strokeLinecap="round" />
      </>
    ),
  },
};

const OF_STATUS: Record<TaskStatus | RunStatus, Glyph> = {
  waiting: "queued",
  queued: "queued",
  running: "running",
  waiting_answer: "question",
  waiting_quota: "quota",
  waiting_review: "review",
  paused: "paused",
  stopping: "running",
  interrupted: "broken",
  completed: "done",
  failed: "failed",
  stopped: "stopped",
  timed_out: "late",
  lost: "broken",
};

const OF_ATTENTION: Record<AttentionItem["kind"], Glyph> = {
  question: "question",
  limit: "question",
  stuck: "question",
  review: "review",
  interrupted: "broken",
  failure: "failed",
};

export function glyphOf(status: TaskStatus | RunStatus): Glyph {
  return OF_STATUS[status];
}

export function toneOf(status: TaskStatus | RunStatus): Tone {
  return GLYPHS[OF_STATUS[status]].tone;
}

export function attentionGlyph(kind: AttentionItem["kind"]): Glyph {
  return OF_ATTENTION[kind];
}

/** A silhouette. Without a label it is beside its word already. */
export function StateGlyph({
  glyph,
  label,
  className,
}: {
  glyph: Glyph;
  label?: string;
  className?: string;
}) {
  const { tone, draw } = GLYPHS[glyph];
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <svg
      {...named}
      className={cx(css.glyph, css[tone], glyph === "running" && css.turning, className)}
      viewBox="0 0 14 14"
      stroke="currentColor"
    >
      {draw}
    </svg>
  );
}

/** A task's or run's state as its silhouette. */
export function State({ status, className }: { status: TaskStatus | RunStatus; className?: string }) {
  return <StateGlyph glyph={OF_STATUS[status]} label={en.status[status]} className={className} />;
}
