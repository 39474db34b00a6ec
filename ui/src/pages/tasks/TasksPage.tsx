import { lazy, Suspense } from "react";
import { ResizablePanel, Skeleton } from "~/look";
import { NARROW, NO_SIDE, useMedia } from "~/look/media";
import { useDetail, usePreferences } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import { useSelection } from "~/state/selection";
import { TaskPanel } from "./centre/TaskPanel";
import { Welcome } from "./centre/Welcome";
import { LeftPanel } from "./left/LeftPanel";
import css from "./TasksPage.module.css";

const Details = lazy(() => import("./right/DetailsTab"));

/** Who needs me and what everyone does, the open task, and its details. In a narrow window one at a time. */
export function TasksPage() {
  const selection = useSelection();
  const isNarrow = useMedia(NARROW);
  const noSide = useMedia(NO_SIDE);
  const [{ leftWidth, rightWidth, showDetails }, set] = usePreferences();
  if (isNarrow) return selection ? <TaskPanel key={keyOf(selection)} task={selection} /> : <LeftPanel />;
  return (
    <div className={css.page}>
      <ResizablePanel
        edge="right"
        width={leftWidth}
        onWidth={(width) => set({ leftWidth: width })}
        className={css.left}
      >
        <LeftPanel />
      </ResizablePanel>
      <div className={css.centre}>
        {selection ? <TaskPanel key={keyOf(selection)} task={selection} /> : <Welcome />}
      </div>
      {selection && showDetails && !noSide && (
        <Side task={selection} width={rightWidth} onWidth={(width) => set({ rightWidth: width })} />
      )}
    </div>
  );
}

type SideProps = { task: TaskRef; width: number; onWidth: (width: number) => void };

/** The details; nothing beside a task that is not there. */
function Side({ task, width, onWidth }: SideProps) {
  const { data, problem } = useDetail(task);
  if (!data && problem?.code === "not_found") return null;
  return (
    <ResizablePanel edge="left" width={width} onWidth={onWidth} className={css.right}>
      <Suspense fallback={<Skeleton lines={5} />}>
        <Details key={keyOf(task)} task={task} />
      </Suspense>
    </ResizablePanel>
  );
}
