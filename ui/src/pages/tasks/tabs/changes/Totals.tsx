import type { ReactNode } from "react";
import { Button, IconButton, Untrusted } from "~/look";
import type { Problem } from "~/platform/problem";
import type { ChangesView } from "~/state/changes";
import { count, exact, seconds, sentence } from "~/words";
import { changes } from "~/words/en.changes";
import { evidence } from "~/words/en.details";
import { Space } from "../reading/Bar";
import css from "./Changes.module.css";
import { Lines } from "./FileHead";

type TotalsProps = {
  view: ChangesView;
  at: number;
  problem: Problem | undefined;
  ask: () => void;
  /** Absent where there are too many to unfold them all. */
  all: (() => void) | undefined;
  title: string;
  children?: ReactNode;
};

/** How much changed, as of when, and the way to know it anew. */
export function Totals({ view: { totals }, at, problem, ask, all, title, children }: TotalsProps) {
  return (
    <>
      <span className={css.bar}>
        <span className={css.total}>{evidence.changedFiles(count(totals.files), totals.files === 1)}</span>
        <Lines added={totals.added} removed={totals.removed} />
      </span>
      {children}
      <Space />
      {problem && (
        <span role="alert" className={css.asOf}>
          <Untrusted text={sentence(problem.message)} />
        </span>
      )}
      <time className={css.asOf} title={exact(at)}>
        {changes.asOf(seconds(at))}
      </time>
      <IconButton icon="again" label={changes.refresh} onClick={ask} />
      {all && (
        <Button small kind="quiet" onClick={all}>
          {title}
        </Button>
      )}
    </>
  );
}
