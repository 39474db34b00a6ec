import { performById } from "~/actions";
import { Button, EmptyState } from "~/look";
import { useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { useSelected } from "~/state/store";
import { en } from "~/words";

/** Where no task is open: choose one, or start the first. */
export function Welcome() {
  const app = useApp();
  const mayChange = useMayChange();
  const isEmpty = useSelected(app.tasks.value, ({ phase, byKey }) => phase === "ready" && byKey.size === 0);
  if (!isEmpty) return <EmptyState title={en.task.none}>{en.task.noneHint}</EmptyState>;
  const start = mayChange && (
    <Button kind="primary" onClick={() => void performById("go.new", app)}>
      {en.strip.newTask}
    </Button>
  );
  return (
    <EmptyState title={en.tree.emptyTitle} actions={start}>
      {en.tree.empty}
    </EmptyState>
  );
}
