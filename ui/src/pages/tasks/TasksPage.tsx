import { lazy, Suspense } from "react";
import { ResizablePanel, Skeleton } from "~/look";
import { NARROW, NO_SIDE, useMedia } from "~/look/media";
import { usePreferences } from "~/state/hooks";
import { keyOf } from "~/state/keys";
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
        <ResizablePanel
          edge="left"
          width={rightWidth}
          onWidth={(width) => set({ rightWidth: width })}
          className={css.right}
        >
          <Suspense fallback={<Skeleton lines={5} />}>
            <Details key={keyOf(selection)} task={selection} />
          </Suspense>
        </ResizablePanel>
      )}
    </div>
  );
}
