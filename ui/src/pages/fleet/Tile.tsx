import { cx, Elapsed, Relative, Since, State, Untrusted, visibleText } from "~/look";
import type { TaskView } from "~/platform/operations";
import { Link, toTask } from "~/route";
import type { ShownItem } from "~/state/attention";
import { useDetail, useMayChange } from "~/state/hooks";
import { type Line, useLastLines, useLiveLines } from "~/state/recent";
import { useNow } from "~/state/ticker";
import {
  en,
  exact,
  fragment,
  money,
  sentence,
  sinceWords,
  statusSentence,
  statusWord,
  taskName,
} from "~/words";
import { fleet } from "~/words/en.fleet";
import css from "./Tile.module.css";
import { TileFoot } from "./TileFoot";

type Props = {
  task: TaskView;
  /** What it needs a person for. */
  item: ShownItem | undefined;
  isSelected: boolean;
  /** Keys answer it. */
  hasKeys: boolean;
  /** Whether tasks of several projects are shown. */
  hasProject: boolean;
};

/** One task: who does what, its last actions, and what can be done about it here. */
export function Tile({ task, item, isSelected, hasKeys, hasProject }: Props) {
  const tone = item && (item.kind === "failure" || item.kind === "interrupted" ? css.fail : css.need);
  const name = taskName(task.task);
  return (
    <article className={cx(css.tile, tone, isSelected && css.selected)} aria-label={name}>
      <div className={css.head}>
        <State status={task.status} />
        <Link className={css.name} to={toTask(task.project, task.task)} title={visibleText(task.title)}>
          {name}
        </Link>
        <span className={css.time}>
          <Times task={task} item={item} />
        </span>
      </div>
      <p className={css.about}>
        {hasProject && `${task.project} · `}
        <About task={task} item={item} />
      </p>
      <div className={css.body}>
        {task.status === "running" ? <Live task={task} /> : <Last task={task} />}
        <Words task={task} item={item} />
        <TileFoot task={task} item={item} hasKeys={hasKeys} />
      </div>
    </article>
  );
}

function Times({ task, item }: { task: TaskView; item: ShownItem | undefined }) {
  const now = useNow(10);
  const { wake_at: wakeAt } = useDetail(task).data ?? {};
  if (item) return <span title={exact(Date.parse(item.since))}>{sinceWords(item, now)}</span>;
  if (task.status === "waiting_quota" && wakeAt) {
    return (
      <>
        {fleet.goesOn} <Relative at={wakeAt} />
      </>
    );
  }
  if (task.status === "running" && task.started_at) {
    return (
      <>
        <Elapsed from={task.started_at} />
        {task.cost_usd != null && ` · ${money(task.cost_usd)}`}
      </>
    );
  }
  const since = task.updated_at ?? task.created_at;
  if (!since) return null;
  return (
    <>
      {task.status === "paused" ? fleet.pausedSince : fleet.waits} <Since at={since} />
    </>
  );
}

function About({ task, item }: Pick<Props, "task" | "item">) {
  const now = useNow(60);
  const { wake_at: wakeAt } = useDetail(task).data ?? {};
  const parts = [
    task.agent,
    task.parent_task && en.task.childOf(taskName(task.parent_task.replace(/^.*\//, ""))),
    task.status === "running" && !task.reason
      ? task.iteration > 1 && fleet.turn(task.iteration)
      : item?.kind === "failure"
        ? // Its reason stands below.
          statusWord(task.status)
        : fragment(statusSentence(task, { now, wakeAt })),
  ];
  return <Untrusted text={parts.filter(Boolean).join(" · ")} />;
}

function Live({ task }: { task: TaskView }) {
  return <Lines lines={useLiveLines(task)} isLive />;
}

function Last({ task }: { task: TaskView }) {
  return <Lines lines={useLastLines(task)} />;
}

function Lines({ lines, isLive }: { lines: readonly Line[]; isLive?: boolean }) {
  if (lines.length === 0) {
    return <div className={cx(css.lines, css.silent)}>{isLive && fleet.silent}</div>;
  }
  return (
    <div className={css.lines}>
      {lines.toReversed().map(({ id, text, tone }) => (
        <div key={id} className={cx(css.row, css[tone])}>
          <Untrusted text={tone === "now" ? `${text}…` : text} />
        </div>
      ))}
    </div>
  );
}

/** What it asks, why it failed, or why it rests. */
function Words({ task, item }: { task: TaskView; item: ShownItem | undefined }) {
  const mayChange = useMayChange();
  if (item) {
    return (
      <p className={css.text} title={visibleText(item.text)}>
        <Untrusted text={sentence(item.text)} />
      </p>
    );
  }
  if (!mayChange || task.status !== "waiting_quota") return null;
  return <p className={cx(css.text, css.dim)}>{fleet.alone}</p>;
}
