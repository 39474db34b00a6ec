import { useState } from "react";
import { resumeTask } from "~/actions/do";
import { Button, Dialog, ErrorState, Skeleton, toastProblem, Untrusted } from "~/look";
import { useApp } from "~/state/app";
import { useResource, useTask } from "~/state/hooks";
import type { TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import css from "./dialogs.module.css";

/** Another agent goes on with a task. */
export function HandOverDialog({ task, onClose }: { task: TaskRef; onClose: () => void }) {
  const app = useApp();
  const own = useTask(task)?.agent;
  const { data, problem } = useResource("agents", () => app.host.request("agents_list", {}));
  const agents = (data?.items ?? []).filter(({ agent, usable }) => usable !== "missing" && agent !== own);
  const [chosen, setChosen] = useState<string>();
  const [isPending, setPending] = useState(false);
  const agent = chosen ?? agents.find(({ usable }) => usable === "yes")?.agent ?? agents[0]?.agent;
  const words = dialogs.hand;
  const go = async () => {
    setPending(true);
    await resumeTask(app, task, { agent }).then(onClose, toastProblem);
    setPending(false);
  };
  return (
    <Dialog
      title={words.title(taskName(task.task))}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
          {agent && (
            <Button kind="primary" pending={isPending} onClick={() => void go()}>
              {words.confirm(agent)}
            </Button>
          )}
        </>
      }
    >
      <div className={css.body}>
        <p className={css.dim}>{words.text}</p>
        {problem && !data && <ErrorState small problem={problem} />}
        {!data && !problem && <Skeleton lines={2} />}
        <div role="radiogroup" aria-label={words.agent}>
          {agents.map((each) => (
            <label key={each.agent} className={css.option}>
              <input
                type="radio"
                name="agent"
                checked={each.agent === agent}
                onChange={() => setChosen(each.agent)}
              />
              <span>
                {each.agent}
                <small>
                  {[each.version, en.settings.usable[each.usable]].filter(Boolean).join(" · ")}
                  {each.usable === "no_login" && each.login && (
                    <>
                      {": "}
                      <Untrusted text={each.login} />
                    </>
                  )}
                </small>
              </span>
            </label>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
