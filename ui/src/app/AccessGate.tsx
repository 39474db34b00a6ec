import { type FormEvent, useState } from "react";
import { Button, Field, Input } from "~/look";
import { asProblem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { useAccess } from "~/state/hooks";
import { en, sentence } from "~/words";
import css from "./AccessGate.module.css";
import { Brand } from "./Brand";

/** What is shown without a token: how to get a link, and a place to paste it. */
export function AccessGate() {
  const { access } = useHost().capabilities;
  const { state } = useAccess();
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setError(undefined);
    await access?.use(text).catch((reason: unknown) => {
      const { message, hint } = asProblem(reason);
      setError(sentence(hint ? `${message}: ${hint}` : message));
    });
    setPending(false);
  };
  return (
    <main className={css.gate}>
      <form className={css.box} onSubmit={(event) => void submit(event)}>
        <Brand />
        <h1 className={css.title}>{state === "refused" ? en.access.refused : en.access.title}</h1>
        <p className={css.text}>{en.access.text}</p>
        <pre className={css.command}>{en.access.command}</pre>
        <Field label={en.access.field} error={error}>
          {(named) => (
            <Input
              {...named}
              type="password"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" pending={isPending} disabled={text.trim() === ""}>
          {en.access.open}
        </Button>
      </form>
    </main>
  );
}
