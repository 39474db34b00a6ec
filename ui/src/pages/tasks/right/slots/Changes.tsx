import { Section } from "~/look";
import { Link, toTask } from "~/route";
import { useChanges } from "~/state/changes";
import { count, en } from "~/words";
import type { SlotProps } from "../slots";
import css from "./Changes.module.css";

/** How much changed, where that is known; it leads to what. */
export function Changes({ task }: SlotProps) {
  const view = useChanges(task).data?.view;
  if (!view || view.unavailable?.code === "not_begun") return null;
  const { totals, commits } = view;
  const words = en.evidence;
  const none = view.has_ended ? words.noChangesEnded : words.noChanges;
  return (
    <Section title={words.changes}>
      <Link className={css.changes} to={toTask(task.project, task.task, "changes")}>
        {view.unavailable && totals.files === 0 ? (
          words.changesUnknown
        ) : totals.files === 0 ? (
          none
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
    </Section>
  );
}
