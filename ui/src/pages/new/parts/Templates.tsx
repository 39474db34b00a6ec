import { type FormEvent, useId, useState } from "react";
import { Button, Dialog, Field, Icon, Input, Menu, toast } from "~/look";
import { en } from "~/words";
import { make as words } from "~/words/en.make";
import type { Form } from "../form";
import { useTemplates } from "../remember";

/** Pinned forms: taken, made and taken away. */
export function Templates({ form, take }: { form: Form; take: (form: Form) => void }) {
  const { templates, pin, unpin } = useTemplates();
  const [isNaming, setNaming] = useState(false);
  return (
    <>
      <Menu
        label={words.templates}
        items={[
          ...templates.map(({ name, form: pinned }) => ({ title: name, run: () => take(pinned) })),
          ...(templates.length > 0 ? ["line" as const] : []),
          { title: words.pin, run: () => setNaming(true) },
          ...templates.map(({ name }) => ({
            title: words.unpin(name),
            danger: true,
            run: () => unpin(name),
          })),
        ]}
        opener={(props) => (
          <Button small kind="quiet" {...props}>
            {words.templates}
            <Icon name="down" size={10} />
          </Button>
        )}
      />
      {isNaming && (
        <Naming
          first={form.prompt.split("\n", 1)[0]?.slice(0, 40) ?? ""}
          onName={(name) => {
            pin(name, form);
            setNaming(false);
            toast(words.pinned(name));
          }}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}

type NamingProps = { first: string; onName: (name: string) => void; onClose: () => void };

function Naming({ first, onName, onClose }: NamingProps) {
  const [name, setName] = useState(first);
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (name.trim()) onName(name.trim());
  };
  return (
    <Dialog
      title={words.pinTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
          <Button kind="primary" type="submit" form={form} disabled={name.trim() === ""}>
            {words.pinTitle}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} style={{ padding: "8px 18px 0" }}>
        <Field label={words.pinName}>
          {(field) => (
            <Input
              {...field}
              data-autofocus=""
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
