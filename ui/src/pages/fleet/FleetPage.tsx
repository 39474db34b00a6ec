import { cx, Elapsed, EmptyState, State, Untrusted } from "~/look";
import type { TaskView } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { bucketOf, needyOf } from "~/state/counts";
import { hasEnded, keyOf } from "~/state/keys";
import { useReadable } from "~/state/store";
import { useNow } from "~/state/ticker";
import { en, statusSentence, taskName } from "~/words";
import css from "./FleetPage.module.css";

/** All that is not finished; who needs a person first. */
export default function FleetPage() {
  const { tasks, attention } = useApp();
  const { byKey } = useReadable(tasks.value);
  const needy = needyOf(useReadable(attention.value));
  const { show } = useRoute().query;
  const isNeedy = (task: TaskView) => needy.has(keyOf(task));
  const shown = [...byKey.values()]
    .filter((task) => !hasEnded(task) || isNeedy(task))
    .filter((task) => !show || bucketOf(task, needy) === show)
    .sort((a, b) => Number(isNeedy(b)) - Number(isNeedy(a)));
  if (shown.length === 0) return <EmptyState title={en.fleet.none}>{en.fleet.noneHint}</EmptyState>;
  return (
    <div className={css.page}>
      <h1 className={css.title}>
        {en.strip.fleet} <span>{en.fleet.subtitle}</span>
      </h1>
      <div className={css.tiles}>
        {shown.slice(0, 120).map((task) => (
          <Tile key={keyOf(task)} task={task} isNeedy={isNeedy(task)} />
        ))}
      </div>
    </div>
  );
}

function Tile({ task, isNeedy }: { task: TaskView; isNeedy: boolean }) {
  const now = useNow(60);
  return (
    <Link className={cx(css.tile, isNeedy && css.needy)} to={toTask(task.project, task.task)}>
      <span className={css.head}>
        <State status={task.status} />
        <span className={css.name}>{taskName(task.task)}</span>
        <span className={css.time}>
          {task.started_at && <Elapsed from={task.started_at} to={task.ended_at} />}
        </span>
      </span>
      <span className={css.sentence}>
        <Untrusted text={statusSentence(task, { now })} />
      </span>
    </Link>
  );
}
