import { cx, Elapsed, Icon, Relative, Since, State, Untrusted, visibleText } from "~/look";
import type { TaskView } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useDetail, useOpen } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { useLastAction } from "~/state/last-action";
import { stillSince } from "~/state/runs";
import { useNow } from "~/state/ticker";
import type { Row } from "~/state/tree";
import { en, folder, statusSentence, statusWord, taskName } from "~/words";
import css from "./TreeRow.module.css";

/** One line of the tree. */
export function TreeRow({ row, selected }: { row: Row; selected: string | undefined }) {
  switch (row.kind) {
    case "project":
      return <ProjectRow project={row.project} source={row.source} />;
    case "task":
      return <TaskRow task={row.task} depth={row.depth} isSelected={keyOf(row.task) === selected} />;
    case "run":
      return <RunRow row={row} />;
    case "finished":
      return <FinishedRow project={row.project} count={row.count} />;
  }
}

function ProjectRow({ project, source }: { project: string; source?: string | null }) {
  return (
    <div className={css.project} role="treeitem" aria-level={1} tabIndex={-1}>
      <span className={css.projectName} title={project}>
        {project}
      </span>
      {source && (
        <span className={css.source} title={source}>
          {folder(source)}
        </span>
      )}
    </div>
  );
}

function TaskRow({ task, depth, isSelected }: { task: TaskView; depth: number; isSelected: boolean }) {
  const { query } = useRoute();
  return (
    <Link
      to={toTask(task.project, task.task, undefined, query)}
      role="treeitem"
      aria-level={2 + depth}
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      title={visibleText(task.title)}
      className={cx(css.row, isSelected && css.selected)}
      style={{ paddingLeft: 14 + depth * 20 }}
    >
      <State status={task.status} />
      <span className={css.column}>
        <span className={css.name}>{taskName(task.task)}</span>
        <span className={css.sentence}>{sentences(task)}</span>
      </span>
      <span className={css.time}>{timeOf(task)}</span>
    </Link>
  );
}

function sentences(task: TaskView) {
  if (task.status === "running") return <Running task={task} />;
  if (task.status === "waiting_quota") return <Quota task={task} />;
  return <Plain task={task} />;
}

function Plain({ task, action, wakeAt }: { task: TaskView; action?: string; wakeAt?: string | null }) {
  const now = useNow(60);
  return <Untrusted text={statusSentence(task, { now, action, wakeAt })} />;
}

function Running({ task }: { task: TaskView }) {
  return <Plain task={task} action={useLastAction(task)} />;
}

function Quota({ task }: { task: TaskView }) {
  return <Plain task={task} wakeAt={useDetail(task).data?.wake_at} />;
}

function QuotaTime({ task }: { task: TaskView }) {
  const wakeAt = useDetail(task).data?.wake_at;
  return wakeAt ? <Relative at={wakeAt} /> : null;
}

/** What stands at the right edge: how long it has worked or waited, or when it goes on. */
function timeOf(task: TaskView) {
  if (task.status === "waiting_quota") return <QuotaTime task={task} />;
  if (task.status === "running" && task.started_at) return <Elapsed from={task.started_at} />;
  if (task.ended_at) return <Relative at={task.ended_at} />;
  const since = task.updated_at ?? task.created_at;
  return since ? <Since at={since} /> : null;
}

function RunRow({ row: { run, task, depth } }: { row: Extract<Row, { kind: "run" }> }) {
  const { query } = useRoute();
  const to = toTask(task.project, task.task, undefined, { ...query, run: run.run });
  const still = run.status === "running" ? stillSince(task) : undefined;
  const isChosen = query.run === run.run;
  return (
    <Link
      to={to}
      role="treeitem"
      aria-level={2 + depth}
      aria-selected={isChosen}
      tabIndex={-1}
      className={cx(css.row, css.small, isChosen && css.selected)}
      style={{ paddingLeft: 14 + depth * 20 }}
    >
      <State status={still ? task.status : run.status} />
      <span className={css.runName}>{run.iteration ? en.tree.run(run.iteration) : run.kind}</span>
      <span className={css.time}>
        {run.agent}
        {run.started_at && (
          <>
            {" · "}
            <Elapsed from={run.started_at} to={run.ended_at ?? still} />
          </>
        )}
      </span>
    </Link>
  );
}

function FinishedRow({ project, count }: { project: string; count: number }) {
  const [isOpen, setOpen] = useOpen(`finished:${project}`, false);
  return (
    <button
      type="button"
      role="treeitem"
      aria-level={2}
      aria-expanded={isOpen}
      className={css.finished}
      onClick={() => setOpen(!isOpen)}
    >
      <span className={cx(css.arrow, isOpen && css.arrowOpen)}>
        <Icon name="right" size={10} />
      </span>
      {en.tree.finished(count)}
      <span className="hidden-text">{statusWord("completed")}</span>
    </button>
  );
}
