import { type ReactNode, useMemo, useState } from "react";
import { At, EmptyState, ErrorState, Segments, Skeleton, State, Untrusted } from "~/look";
import type { Change } from "~/platform/live/live";
import type { Message, TaskDetail } from "~/platform/operations";
import { toTask } from "~/route";
import { useHost } from "~/state/app";
import { useDetail, useResource } from "~/state/hooks";
import { hasEnded, keyOf, type TaskRef } from "~/state/keys";
import { useMessages } from "~/state/messages";
import { useNow } from "~/state/ticker";
import { changeSentence, sentence } from "~/words";
import { reading } from "~/words/en.reading";
import type { TabProps } from "../centre/tabs";
import { GraphKey, GraphView } from "./timeline/GraphView";
import { graphOf } from "./timeline/graph";
import { Key, type Mark, Picture } from "./timeline/Picture";
import { extentOf, lanesOf, type Use } from "./timeline/spans";
import css from "./timeline/Timeline.module.css";
import { useHistory } from "./timeline/use-history";

/** Who ran when and waited for what, and what the task belongs to. */
export default function Timeline({ task }: TabProps) {
  const host = useHost();
  const path = { project: task.project, task: task.task };
  const { data, problem } = useDetail(task);
  const { changes, isLoading } = useHistory(task);
  const tree = useResource(`${keyOf(task)}:tree`, () => host.request("tasks_tree", { path }), task);
  const relations = useResource(
    `${keyOf(task)}:relations`,
    () => host.request("tasks_dependencies", { path }),
    task,
  );
  const graph = useMemo(
    () => data && graphOf(data, relations.data, tree.data),
    [data, relations.data, tree.data],
  );
  if (problem && !data) return <ErrorState problem={problem} />;
  if (!data || isLoading) return <Skeleton lines={6} />;
  const lanes = lanesOf(data, changes, tree.data);
  return (
    <div className={css.page}>
      <When detail={data} lanes={lanes} task={task} />
      {graph && graph.edges.length > 0 && (
        <Part title={reading.time.graph} note={<GraphKey />}>
          <GraphView graph={graph} />
        </Part>
      )}
      {changes.length > 0 && (
        <Part title={reading.time.history}>
          <History changes={changes} />
        </Part>
      )}
    </div>
  );
}

const RANGES = { all: 0, hours24: 86_400_000, hour: 3_600_000, minutes10: 600_000 };
type Range = keyof typeof RANGES;

type WhenProps = { detail: TaskDetail; lanes: ReturnType<typeof lanesOf>; task: TaskRef };

function When({ detail, lanes, task }: WhenProps) {
  const { items } = useMessages(task);
  const [range, setRange] = useState<Range>("all");
  const isLive = !hasEnded(detail) || lanes.some(({ spans }) => spans.some((span) => span.to === undefined));
  const now = useNow(1);
  const [first, last] = extentOf(lanes, now);
  if (lanes.every(({ spans }) => spans.length === 0)) {
    return <EmptyState title={reading.time.none}>{reading.time.noneHint}</EmptyState>;
  }
  const ranges = (Object.keys(RANGES) as Range[]).filter((each) => RANGES[each] < last - first);
  const from = RANGES[range] === 0 ? first : Math.max(first, last - RANGES[range]);
  const choice = ranges.length > 1 && (
    <Segments
      label={reading.time.range}
      value={range}
      options={ranges.map((value) => ({ value, title: reading.time[value] }))}
      onChange={setRange}
    />
  );
  return (
    <Part title={reading.time.picture} note={choice}>
      <Picture lanes={lanes} from={from} to={last} now={now} isLive={isLive} marks={marksOf(task, items)} />
      <div className={css.key}>
        <Key />
      </div>
    </Part>
  );
}

const MARKS: Record<string, { title: string; use: Use }> = {
  QUESTION: { title: reading.time.question, use: "need" },
  ANSWER: { title: reading.time.answer, use: "done" },
  USER: { title: reading.time.told, use: "run" },
};

function marksOf(task: TaskRef, messages: readonly Message[]): Mark[] {
  return messages.flatMap(({ type, ts, body, msg_id, cursor }) => {
    const mark = MARKS[type];
    if (!mark || !ts) return [];
    const to = toTask(task.project, task.task, "messages", { at: msg_id ?? cursor });
    return [{ at: Date.parse(ts), title: `${mark.title}: ${body.slice(0, 140)}`, use: mark.use, to }];
  });
}

function Part({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.part} aria-label={title}>
      <div className={css.head}>
        <h2>{title}</h2>
        {note}
      </div>
      {children}
    </section>
  );
}

/** Changes that are listed: the latest. */
const MOST = 200;

function History({ changes }: { changes: readonly Change[] }) {
  const said = changes
    // Whether the machine is kept awake is no part of what a task went through.
    .filter(({ kind }) => kind !== "task.awake")
    .map((change) => ({ change, text: changeSentence(change) }))
    .filter(({ text }, index, all) => text !== all[index - 1]?.text);
  return (
    <ol className={css.history}>
      {said
        .slice(-MOST)
        .reverse()
        .map(({ change, text }) => (
          <li key={change.cursor}>
            <At at={change.at} />
            <State
              status={change.kind.startsWith("run.") && change.run ? change.run.status : change.task.status}
            />
            <Untrusted text={sentence(text)} />
            <span className={css.reason}>
              {change.task.reason !== text && <Untrusted text={change.task.reason ?? ""} />}
            </span>
          </li>
        ))}
    </ol>
  );
}
