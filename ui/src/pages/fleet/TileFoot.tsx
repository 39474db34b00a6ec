import { type ReactNode, useState } from "react";
import { recoverTasks, resumeTask } from "~/actions/do";
import { taskDialog } from "~/actions/overlay";
import { Button, toastProblem, Untrusted } from "~/look";
import { Answering } from "~/parts/Answering";
import { isAnswerable } from "~/parts/reply";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { navigate, toTask } from "~/route";
import { type AppState, useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { isResumable } from "~/state/keys";
import { useNow } from "~/state/ticker";
import { defaultSentence, en } from "~/words";
import css from "./Tile.module.css";

type Props = { task: TaskView; item: AttentionItem | undefined; hasKeys: boolean };

/** What can be done about a task where it is seen; nothing where it just works. */
export function TileFoot({ task, item, hasKeys }: Props) {
  const now = useNow(10);
  const mayChange = useMayChange();
  if (!mayChange) return null;
  if (item && isAnswerable(item.kind)) {
    const auto = defaultSentence(item, now);
    return (
      <div className={css.foot}>
        <div className={css.answers}>
          <Answering item={item} hasKeys={hasKeys} place="tile" />
        </div>
        {auto && (
          <span className={css.auto} title={auto}>
            <Untrusted text={auto} />
          </span>
        )}
      </div>
    );
  }
  const buttons = buttonsOf(task, item);
  return buttons.length > 0 ? <div className={css.foot}>{buttons}</div> : null;
}

function buttonsOf(task: TaskView, item: AttentionItem | undefined): ReactNode[] {
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
  if (item?.kind === "failure") {
    const seen = (app: AppState) => app.attention.handle(item, { seen: {} });
    buttons.push(
      <span key="space" className={css.answers} />,
      <Doing key="seen" title={en.attention.seen} kind="quiet" run={seen} />,
    );
  }
  return buttons;
}

const HANDED_OVER = new Set(["failed", "timed_out", "waiting_quota"]);

type DoingProps = { title: string; kind?: "quiet"; run: (app: AppState) => Promise<void> };

/** A button that waits for what it does. */
function Doing({ title, kind, run }: DoingProps) {
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
