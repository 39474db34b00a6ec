import { cx, Section, Untrusted, visibleText } from "~/look";
import { Link, toTask } from "~/route";
import { type ChangesView, useChanges } from "~/state/changes";
import { count, sentence } from "~/words";
import { evidence } from "~/words/en.details";
import type { SlotProps } from "../slots";
import css from "./Changes.module.css";

/** How much changed, where that is known; it leads to what. */
export function Changes({ task }: SlotProps) {
  const view = useChanges(task).data?.view;
  if (!view || view.unavailable?.code === "not_begun") return null;
  const { totals, commits } = view;
  const words = evidence;
  const none = view.has_ended ? words.noChangesEnded : words.noChanges;
  const files = view.files.slice(0, MOST);
  const more = totals.files - files.length;
  return (
    <Section title={words.changes}>
      <Link className={css.changes} to={toTask(task.project, task.task, "changes")}>
        {view.unavailable && totals.files === 0 ? (
          <span className={css.why}>
            <Untrusted text={sentence(view.unavailable.message)} />
          </span>
        ) : totals.files === 0 ? (
          <span className={css.commits}>{none}</span>
        ) : (
          <>
            <span>{words.changedFiles(count(totals.files), totals.files === 1)}</span>
            {commits.length > 0 && (
              <span className={css.commits}>
                {words.commits(count(commits.length) + (view.more_commits ? "+" : ""), commits.length === 1)}
              </span>
            )}
            <span className={css.amounts}>
              <span className={css.added}>+{count(totals.added)}</span>{" "}
              <span className={css.removed}>−{count(totals.removed)}</span>
            </span>
          </>
        )}
      </Link>
      {files.map((file) => (
        <FileRow key={file.path} task={task} file={file} />
      ))}
      {files.length > 0 && more > 0 && (
        <Link className={cx(css.changes, css.more)} to={toTask(task.project, task.task, "changes")}>
          {words.moreFiles(count(more))}
        </Link>
      )}
    </Section>
  );
}

/** Files that are named; all are on their page. */
const MOST = 4;

type File = ChangesView["files"][number];

function FileRow({ task, file: { path, added, removed } }: SlotProps & { file: File }) {
  return (
    <Link
      className={cx(css.changes, css.file)}
      to={toTask(task.project, task.task, "changes", { file: path })}
      title={visibleText(path)}
    >
      <span className={css.path}>
        <Untrusted text={shortPath(path)} />
      </span>
      <span className={css.amounts}>
        {!!added && <span className={css.added}>+{count(added)}</span>}{" "}
        {!!removed && <span className={css.removed}>−{count(removed)}</span>}
      </span>
    </Link>
  );
}

/** A file and the folder that it is in. */
function shortPath(path: string): string {
  return path.split("/").slice(-2).join("/");
}
