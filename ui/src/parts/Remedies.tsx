import { type ReactNode, useState } from "react";
import { recoverTasks, resumeTask } from "~/actions/do";
import { taskDialog } from "~/actions/overlay";
import { Button, toastProblem } from "~/look";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { navigate, toTask } from "~/route";
import { type AppState, useApp } from "~/state/app";
import { isResumable } from "~/state/keys";
import { en } from "~/words";

const HANDED_OVER = new Set(["failed", "timed_out", "waiting_quota"]);

/** What can be done about a task that waits for no answer, as buttons; none where it just works. */
export function remediesOf(task: TaskView, item: AttentionItem | undefined): ReactNode[] {
  const buttons: ReactNode[] = [];
  if (item?.kind === "review") {
    buttons.push(
      <Button key="look" small onClick={() => navigate(toTask(task.project, task.task, "changes"))}>
        {en.doing.fleet.look}
      </Button>,
    );
  }
  if (task.status === "interrupted") {
    buttons.push(<Doing key="recover" title={en.task.recover} run={(app) => recoverTasks(app)} />);
  }
  if (isResumable(task)) {
    buttons.push(<Doing key="resume" title={en.task.resume} run={(app) => resumeTask(app, task)} />);
  }
  if (HANDED_OVER.has(task.status)) {
    buttons.push(
      <Button key="other" small kind="quiet" onClick={() => taskDialog.set({ kind: "handOver", task })}>
        {en.doing.fleet.another}
      </Button>,
    );
  }
  return buttons;
}

type DoingProps = { title: string; kind?: "quiet"; run: (app: AppState) => Promise<void> };

/** A button that waits for what it does. */
export function Doing({ title, kind, run }: DoingProps) {
  const app = useApp();
  const [isPending, setPending] = useState(false);
  const press = async () => {
    setPending(true);
    await run(app).catch(toastProblem);
    setPending(false);
  };
  return (
    <Button small kind={kind} pending={isPending} onClick={() => void press()}>
      {title}
    </Button>
  );
}
