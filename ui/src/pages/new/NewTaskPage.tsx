import { type FormEvent, useState } from "react";
import { Button, Field, Input, TextArea } from "~/look";
import { asProblem } from "~/platform/problem";
import { navigate, toTask } from "~/route";
import { useHost } from "~/state/app";
import { useDraft } from "~/state/drafts";
import { en, sentence } from "~/words";
import css from "./NewTaskPage.module.css";

/** Asks for a task. */
export default function NewTaskPage() {
  const host = useHost();
  const [prompt, setPrompt] = useDraft("new.prompt");
  const [cwd, setCwd] = useDraft("new.cwd");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    try {
      const made = await host.request("tasks_create", {
        body: { prompt, cwd: cwd || undefined },
        idempotencyKey: crypto.randomUUID(),
      });
      setPrompt("");
      navigate(toTask(made.project, made.task));
    } catch (reason) {
      const { message, hint } = asProblem(reason);
      setError(sentence(hint ? `${message}: ${hint}` : message));
    }
    setPending(false);
  };
  return (
    <form className={css.page} onSubmit={(event) => void submit(event)}>
      <h1 className={css.title}>{en.strip.newTask}</h1>
      <Field label={en.newTask.prompt} error={error}>
        {(named) => (
          <TextArea
            {...named}
            rows={6}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
            autoFocus
          />
        )}
      </Field>
      <Field label={en.newTask.folder} hint={en.newTask.folderHint}>
        {(named) => <Input {...named} value={cwd} onChange={(event) => setCwd(event.target.value)} />}
      </Field>
      <Button kind="primary" type="submit" pending={isPending} disabled={prompt.trim() === ""}>
        {en.newTask.start}
      </Button>
    </form>
  );
}
