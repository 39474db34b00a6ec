import { type FormEvent, useState } from "react";
import { Button, Copyable, Field, Input } from "~/look";
import type { AccessState } from "~/platform/host";
import { asProblem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { useAccess } from "~/state/hooks";
import { sentence } from "~/words";
import { gate } from "~/words/en.gate";
import css from "./AccessGate.module.css";
import { Brand } from "./Brand";

/** Why the page is closed, and what to do about it. */
const WHY: Record<AccessState["state"], { title: string; text: string }> = {
  open: { title: gate.title, text: gate.text },
  asking: { title: gate.title, text: gate.text },
  needed: { title: gate.title, text: gate.text },
  expired: { title: gate.expired, text: gate.expiredText },
  refused: { title: gate.refused, text: gate.refusedText },
};

/** What is shown without a token: how to get a link, and a place to paste it. */
export default function AccessGate() {
  const { access } = useHost().capabilities;
  const { state } = useAccess();
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const [stays, setStays] = useState(false);
  const [isPending, setPending] = useState(false);
  const { title, text: why } = WHY[state];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setError(undefined);
    await access?.use(text, stays).catch((reason: unknown) => {
      const { message, hint } = asProblem(reason);
      setError(sentence(hint ? `${message}: ${hint}` : message));
    });
    setPending(false);
  };
  return (
    <main className={css.gate}>
      <form className={css.box} onSubmit={(event) => void submit(event)}>
        <Brand />
        <h1 className={css.title}>{title}</h1>
        <p className={css.text}>{why}</p>
        <Copyable block text={gate.command} />
        <Field label={gate.field} hint={gate.hint} error={error}>
          {(named) => (
            <Input
              {...named}
              type="password"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <label className={css.stay}>
          <input type="checkbox" checked={stays} onChange={(event) => setStays(event.target.checked)} />
          <span>
            {gate.stay}
            <small>{gate.stayHint}</small>
          </span>
        </label>
        <Button kind="primary" type="submit" pending={isPending} disabled={text.trim() === ""}>
          {gate.open}
        </Button>
      </form>
    </main>
  );
}
