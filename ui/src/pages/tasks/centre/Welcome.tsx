import { lazy, Suspense } from "react";
import { performById, useKeyOf } from "~/actions";
import { Button, EmptyState, Skeleton } from "~/look";
import { useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { useSelected } from "~/state/store";
import { en } from "~/words";
import { DemoButton } from "./DemoButton";

const FirstRun = lazy(() => import("../first/FirstRun"));

/** Where no task is open: choose one, or begin with the first. */
export function Welcome() {
  const app = useApp();
  const mayChange = useMayChange();
  const phase = useSelected(app.tasks.value, (tasks) => tasks.phase);
  const isEmpty = useSelected(app.tasks.value, ({ byKey }) => byKey.size === 0);
  if (isEmpty && phase === "loading") return <Skeleton />;
  if (!isEmpty || phase === "failed") {
    return (
      <EmptyState title={en.task.none} actions={!isEmpty && <Ways />}>
        {en.task.noneHint}
      </EmptyState>
    );
  }
  if (!mayChange) return <EmptyState title={en.tree.lookOnly}>{en.tree.lookOnlyHint}</EmptyState>;
  return (
    <Suspense fallback={<Skeleton />}>
      <FirstRun />
    </Suspense>
  );
}

/** What a person may want who has opened no task. */
function Ways() {
  const app = useApp();
  const mayChange = useMayChange();
  const needs = useSelected(app.attention.value, (items) => items.length > 0);
  const key = useKeyOf("go.need");
  const does = (id: string) => () => void performById(id, app);
  return (
    <>
      {needs && (
        <Button keys={key} onClick={does("go.need")}>
          {en.actions.needNext}
        </Button>
      )}
      {mayChange && (
        <Button kind={needs ? "quiet" : "plain"} onClick={does("go.new")}>
          {en.actions.newTask}
        </Button>
      )}
      {mayChange && <DemoButton kind="quiet" />}
    </>
  );
}
