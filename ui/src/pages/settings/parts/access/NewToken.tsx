import { type FormEvent, useState } from "react";
import { Button, Buttons, Field, Input, Segments } from "~/look";
import type { Schema } from "~/platform/operations";
import { asProblem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { en, sentence } from "~/words";
import { settings } from "~/words/en.settings";
import { Block, Hint } from "../Row";

const words = settings.access;

type Allows = keyof typeof words.allowsOptions;
const OPTIONS = Object.entries(words.allowsOptions) as [Allows, string][];

/** It was asked for by a press of "New token". */
const focus = (input: HTMLInputElement | null) => input?.focus();

/** A token that is asked for; looking is the first choice. */
export function NewToken({
  onMade,
  onClose,
}: {
  onMade: (token: Schema<"PageToken">) => void;
  onClose: () => void;
}) {
  const host = useHost();
  const [name, setName] = useState("");
  const [allows, setAllows] = useState<Allows>("read");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setError(undefined);
    try {
      onMade(await host.request("tokens_add_token", { body: { name: name.trim(), allows } }));
    } catch (reason) {
      const { message, hint } = asProblem(reason);
      setError(sentence(hint ? `${message}: ${hint}` : message));
      setPending(false);
    }
  };
  return (
    <form aria-label={words.add} onSubmit={(event) => void submit(event)}>
      <Block>
        <Field label={words.name} hint={words.nameHint} error={error}>
          {(named) => (
            <Input {...named} ref={focus} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Hint>{words.allows}</Hint>
        <Segments
          label={words.allows}
          value={allows}
          options={OPTIONS.map(([value, title]) => ({ value, title }))}
          onChange={setAllows}
        />
        <Hint>{words.allowsHint[allows]}</Hint>
        <Buttons>
          <Button kind="primary" type="submit" pending={isPending} disabled={name.trim() === ""}>
            {words.create}
          </Button>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
        </Buttons>
      </Block>
    </form>
  );
}
