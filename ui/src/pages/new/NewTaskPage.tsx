import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button, EmptyState, ErrorState, Field, Segments, Skeleton, TextArea, toast } from "~/look";
import { asProblem, type Problem } from "~/platform/problem";
import { back, navigate, toTask, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { refOf } from "~/state/keys";
import { en, sentence, taskName } from "~/words";
import { make as words } from "~/words/en.make";
import { commandLine } from "./command";
import { type FieldName, type Form, fieldOf, toRequest, unreadable } from "./form";
import css from "./NewTaskPage.module.css";
import { After } from "./parts/After";
import { Agents } from "./parts/Agents";
import { CommandLine } from "./parts/CommandLine";
import { May } from "./parts/May";
import { More } from "./parts/More";
import { Part } from "./parts/Part";
import { Templates } from "./parts/Templates";
import { Where } from "./parts/Where";
import { remember } from "./remember";
import { useForm } from "./use-form";

type Errors = Partial<Record<FieldName, string>>;

/** Asks for a task: everything that `run-agent task` and `job` take. */
export default function NewTaskPage() {
  const { from, project } = useRoute().query;
  const { form, patch, take, clear, reset, problem } = useForm(from, project);
  const mayChange = useMayChange();
  if (!mayChange) return <EmptyState title={en.connection.lookOnly}>{en.connection.lookOnlyHint}</EmptyState>;
  if (problem) return <ErrorState problem={problem} />;
  return (
    <div className={css.page}>
      <div className={css.card}>
        <header className={css.head}>
          <h1>{from ? words.like(taskName(refOf(from).task)) : words.title}</h1>
          {form && <Templates form={form} take={take} />}
        </header>
        {form ? <Asking form={form} patch={patch} clear={clear} reset={reset} /> : <Skeleton lines={8} />}
      </div>
    </div>
  );
}

type Props = { form: Form; patch: (change: Partial<Form>) => void; clear: () => void; reset: () => void };

function Asking({ form, patch, clear, reset }: Props) {
  const host = useHost();
  const box = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [refusal, setRefusal] = useState<Problem>();
  const [isPending, setPending] = useState(false);
  const sent = useRef<{ body: string; key: string } | undefined>(undefined);
  const change = (next: Partial<Form>) => {
    patch(next);
    setRefusal(undefined);
    const left = { ...errors };
    for (const name of Object.keys(next) as FieldName[]) delete left[name];
    if ("project" in next || "cwd" in next) [left.cwd, left.project] = [undefined, undefined];
    setErrors(left);
  };
  const refuse = (told: Errors) => {
    setErrors(told);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (isPending || form.prompt.trim() === "") return;
    const local = problemsOf(form);
    if (Object.keys(local).length > 0) return refuse(local);
    setPending(true);
    const body = toRequest(form);
    const text = JSON.stringify(body);
    // Asked again because nobody answered, it is the same request: it makes no second task.
    if (sent.current?.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    try {
      const made = await host.request("tasks_create", { body, idempotencyKey: sent.current.key });
      for (const warning of made.warnings) toast(sentence(warning));
      remember(form);
      clear();
      navigate(toTask(made.project, made.task), { replace: true });
    } catch (error) {
      const problem = asProblem(error);
      const field = fieldOf(problem);
      const told = problem.hint ? `${sentence(problem.message)}: ${problem.hint}` : sentence(problem.message);
      if (field) refuse({ [field]: told });
      else setRefusal(problem);
    }
    setPending(false);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    }
    if (event.key === "Escape" && !event.defaultPrevented) leave();
  };
  const props = { form, patch: change, errors };
  return (
    <form ref={box} className={css.form} onSubmit={(event) => void submit(event)} onKeyDown={key}>
      <div className={css.fields}>
        <div className={css.two}>
          <Where {...props} />
          <Part label={words.how} hint={words.howHints[form.how]}>
            <Segments
              label={words.how}
              value={form.how}
              options={(["once", "loop"] as const).map((value) => ({ value, title: words.hows[value] }))}
              onChange={(how) => change({ how })}
            />
          </Part>
        </div>
        <Field label={words.prompt} error={errors.prompt}>
          {(named) => (
            <TextArea
              {...named}
              rows={6}
              className={css.prompt}
              placeholder={words.promptHint}
              value={form.prompt}
              onChange={(event) => change({ prompt: event.target.value })}
              autoFocus
            />
          )}
        </Field>
        <Agents {...props} />
        <div className={css.two}>
          <May {...props} />
          <After {...props} />
        </div>
        <More {...props} />
        {refusal && <ErrorState small problem={refusal} />}
      </div>
      <footer className={css.foot}>
        <CommandLine text={commandLine(form)} />
        {form.prompt !== "" && (
          <Button
            kind="quiet"
            onClick={() => {
              reset();
              setErrors({});
              setRefusal(undefined);
              box.current?.querySelector("textarea")?.focus();
            }}
          >
            {words.clear}
          </Button>
        )}
        <Button kind="quiet" onClick={leave}>
          {words.cancel}
        </Button>
        <Button
          kind="primary"
          type="submit"
          keys="mod+enter"
          pending={isPending}
          disabled={form.prompt.trim() === ""}
        >
          {words.start}
        </Button>
      </footer>
    </form>
  );
}

/** What need not be asked of the core: what cannot be told to it at all. */
function problemsOf(form: Form): Errors {
  const errors: Errors = {};
  for (const name of unreadable(form)) {
    errors[name] = name === "wall" || name === "idle" ? words.noTime : words.noNumber;
  }
  // Without one, it would be the folder that the server was started in.
  if (!form.project && !form.cwd) errors.cwd = words.noPlace;
  return errors;
}

/** Back to where one came from; what was typed stays for the next time. */
const leave = () => back({ page: "tasks", query: {} });
