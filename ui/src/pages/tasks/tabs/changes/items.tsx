import { At, Copyable, Untrusted } from "~/look";
import type { Schema } from "~/platform/operations";
import { bytes, count } from "~/words";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";

/** A commit that came. */
export function CommitItem({ commit: { id, subject, author, at } }: { commit: Schema<"CommitView"> }) {
  return (
    <div className={css.item}>
      <Copyable text={id} shown={id.slice(0, 8)} />
      <span className={css.what}>
        <Untrusted text={subject} />{" "}
        <span className={css.faint}>
          <Untrusted text={changes.by(author)} />
        </span>
      </span>
      <span className={css.end}>
        <At at={at} />
      </span>
    </div>
  );
}

/** What may have changed and is not compared, and why. */
export function LeftOutItem({ item: { path, why, files, bytes: size } }: { item: Schema<"LeftOutView"> }) {
  const amounts = [files != null && changes.ofFiles(count(files), files === 1), size != null && bytes(size)];
  return (
    <div className={css.item}>
      <code className={css.what}>
        <Untrusted text={path || changes.root} />
      </code>
      <span className={css.faint}>{changes.why[why]}</span>
      <span className={css.end}>{amounts.filter(Boolean).join(", ")}</span>
    </div>
  );
}
