import { type FormEvent, useMemo, useState } from "react";
import { Button, Field, Segments, TextArea } from "~/look";
import type { Schema } from "~/platform/operations";
import { asProblem } from "~/platform/problem";
import { navigate, toTask } from "~/route";
import { useHost } from "~/state/app";
import { sentence } from "~/words";
import { first } from "~/words/en.first";
import { DemoButton } from "../centre/DemoButton";
import css from "./FirstRun.module.css";
import { FolderField } from "./FolderField";
import { FoundAgents } from "./FoundAgents";

type Access = Schema<"Access">;
const ACCESSES = Object.entries(first.accesses) as [Access, string][];

/** Where nothing was done yet: what is here, and the first task, on one screen. */
export default function FirstRun() {
  return (
    <div className={css.scroll}>
      <div className={css.box}>
        <h1 className={css.title}>{first.title}</h1>
        <p className={css.text}>{first.text}</p>
        <FoundAgents />
        <FirstTask />
        <Demo />
      </div>
    </div>
  );
}

function FirstTask() {
  const host = useHost();
  const [prompt, setPrompt] = useState("");
  const [cwd, setCwd] = useState("");
  const [access, setAccess] = useState<Access>("edit");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  // What got no answer may be sent again, as it is, without making two.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task has another key.
  const key = useMemo(() => `first-${Date.now()}-${Math.random()}`, [prompt, cwd, access]);
  const start = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setError(undefined);
    try {
      const body = { prompt, cwd, access } as Schema<"NewTask">;
      const { project, task } = await host.request("tasks_create", { body, idempotencyKey: key });
      navigate(toTask(project, task));
    } catch (reason) {
      const { message, hint } = asProblem(reason);
      setError(sentence(hint ? `${message}: ${hint}` : message));
      setPending(false);
    }
  };
  return (
    <form className={css.form} onSubmit={(event) => void start(event)}>
      <FolderField value={cwd} onChange={setCwd} />
      <Field label={first.prompt} hint={first.promptHint} error={error}>
        {(named) => (
          <TextArea {...named} rows={3} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
        )}
      </Field>
      <div className={css.access}>
        <span className={css.label}>{first.access}</span>
        <Segments
          label={first.access}
          value={access}
          options={ACCESSES.map(([value, title]) => ({ value, title }))}
          onChange={setAccess}
        />
        <span className={css.hint}>{first.accessText[access]}</span>
      </div>
      <div className={css.start}>
        <Button kind="primary" type="submit" pending={isPending} disabled={!prompt.trim() || !cwd.trim()}>
          {first.start}
        </Button>
      </div>
    </form>
  );
}

function Demo() {
  return (
    <div className={css.demo}>
      <p className={css.hint}>{first.demo}</p>
      <DemoButton />
    </div>
  );
}
