import { cx, EmptyState, ErrorState, Icon } from "~/look";
import { Problem } from "~/platform/problem";
import type { ChangesView } from "~/state/changes";
import { bytes, count } from "~/words";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";
import type { Diff } from "./diffs";
import { CommitItem, LeftOutItem } from "./items";
import type { ChangedFile, Group, Note, Row } from "./rows";
import { Summary } from "./Summary";

type GroupRow = Extract<Row, { kind: "group" }>;

/** The head of a part that folds. */
export function GroupHead({ row, toggle }: { row: GroupRow; toggle: (group: Group) => void }) {
  const { group, count: items, isOpen } = row;
  return (
    <div className={css.group}>
      <button type="button" className={css.fold} aria-expanded={isOpen} onClick={() => toggle(group)}>
        <span className={cx(css.arrow, isOpen && css.turned)}>
          <Icon name="right" size={10} />
        </span>
        <span>{changes[group]}</span>
        <span className={css.faint}>{count(items)}</span>
        {group === "leftOut" && <span className={css.before}>{changes.leftOutHint}</span>}
      </button>
    </div>
  );
}

/** What is to be said of the lines of a file. */
export function NoteRow({
  row: { note, file, diff },
  retry,
}: {
  row: Extract<Row, { kind: "note" }>;
  retry: () => void;
}) {
  if (note === "problem" && diff.problem) return <ErrorState small problem={diff.problem} retry={retry} />;
  return (
    <p className={css.note} role={note === "loading" ? "status" : undefined}>
      {NOTES[note]?.(file, diff)}
    </p>
  );
}

const NOTES: Partial<Record<Note, (file: ChangedFile, diff: Diff) => string>> = {
  loading: () => `${changes.loading}…`,
  binary: () => changes.notCompared,
  lossy: () => changes.lossy,
  empty: () => changes.noLines,
  cut: (_, { size }) => changes.cut(bytes(size)),
};

type OtherProps = { row: Row; view: ChangesView; ask: () => void };

/** What stands around the files. */
export function Around({ row, view, ask }: OtherProps) {
  switch (row.kind) {
    case "summary":
      return <Summary view={view} />;
    case "unavailable":
      return (
        view.unavailable && (
          <ErrorState
            small
            problem={
              new Problem(
                view.unavailable.code,
                view.unavailable.message,
                changes.hints[view.unavailable.code],
              )
            }
            retry={ask}
          />
        )
      );
    case "commit":
      return <CommitItem commit={row.commit} />;
    case "leftOut":
      return <LeftOutItem item={row.item} />;
    case "moreCommits":
      return <p className={css.quiet}>{changes.moreCommits}</p>;
    case "noMatch":
      return <EmptyState small title={changes.noMatch} />;
    case "moreFiles":
      return <p className={css.quiet}>{changes.moreFiles(count(view.more_files))}</p>;
    default:
      return (
        <EmptyState title={view.has_ended ? changes.noneEnded : changes.none}>{changes.noneHint}</EmptyState>
      );
  }
}
