import { Suspense, useEffect } from "react";
import { Boundary, Button, EmptyState, ErrorState, Skeleton, Tabs, WithCommands } from "~/look";
import { NO_SIDE, useMedia } from "~/look/media";
import type { TaskView } from "~/platform/operations";
import { navigate, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { useDetail, useMayChange, useResource, useTask } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import { lookedAt } from "~/state/looked-at";
import { useReadable, useSelected } from "~/state/store";
import { en, hintWords } from "~/words";
import { Composer } from "./Composer";
import { Header } from "./Header";
import { Notice } from "./Notice";
import css from "./TaskPanel.module.css";
import { TABS } from "./tabs";

/** The open task: its header, its tabs, what it asks, and the composer. */
export function TaskPanel({ task: ref }: { task: TaskRef }) {
  const task = useTask(ref);
  const detail = useDetail(ref);
  const { phase } = useReadable(useApp().tasks.value);
  useSeen(ref);
  const shown = task ?? detail.data;
  const isAway = useShelved(ref, task === undefined && shown !== undefined);
  if (shown) return <Shown task={shown} isAway={isAway} />;
  if (detail.problem) {
    const { problem } = detail;
    if (problem.code !== "not_found") return <ErrorState problem={problem} />;
    const home = <Button onClick={() => navigate({ page: "tasks", query: {} })}>{en.page.home}</Button>;
    return (
      <EmptyState title={problem.message} actions={home}>
        {problem.hint && <WithCommands text={hintWords(problem.hint)} />}
      </EmptyState>
    );
  }
  return phase === "failed" ? null : <Skeleton lines={6} />;
}

function Shown({ task, isAway }: { task: TaskView; isAway: boolean }) {
  const route = useRoute();
  const noSide = useMedia(NO_SIDE);
  const tabs = TABS.filter((tab) => (noSide || !tab.onlyNarrow) && (tab.when?.(task) ?? true));
  const asked = route.page === "tasks" ? route.tab : undefined;
  const current = tabs.find((tab) => tab.id === asked) ?? tabs[0];
  if (!current) return null;
  const Component = current.component;
  return (
    <div className={css.panel}>
      <Header task={task} isAway={isAway}>
        <Tabs
          label={en.tabs.label}
          current={current.id}
          tabs={tabs.map(({ id, title }) => ({
            id,
            title,
            to: toTask(task.project, task.task, id, route.query),
          }))}
        />
      </Header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <div role="tabpanel" tabIndex={0} aria-labelledby={`tab-${current.id}`} className={css.body}>
        <Boundary name={`${keyOf(task)}:${current.id}`}>
          <Suspense fallback={<Skeleton lines={6} />}>
            <Component task={task} />
          </Suspense>
        </Boundary>
      </div>
      <Notice task={task} />
      <Composer task={task} />
    </div>
  );
}

/** A failure needs nobody any more once its task was opened, and the page is looked at. */
function useSeen(ref: TaskRef): void {
  const { attention } = useApp();
  const mayChange = useMayChange();
  const isSeen = useReadable(lookedAt);
  const failure = useSelected(attention.value, (items) =>
    items.find((item) => item.kind === "failure" && !item.seen && keyOf(item) === keyOf(ref)),
  );
  useEffect(() => {
    if (failure && mayChange && isSeen) attention.handle(failure, { seen: {} }).catch(() => undefined);
  }, [failure, attention, mayChange, isSeen]);
}

/** Whether a task was put away, where it is in no list: it may also be too new. */
function useShelved(ref: TaskRef, isUnlisted: boolean): boolean {
  const { tasks } = useApp();
  const find = async () => (isUnlisted ? tasks.findShelved(ref) : null);
  const { data } = useResource(`${keyOf(ref)}:${isUnlisted ? "shelved" : "listed"}`, find, ref);
  return isUnlisted && data != null;
}
