import { useState } from "react";
import { Button, Copyable, ErrorState, Skeleton } from "~/look";
import { useApp } from "~/state/app";
import { settings } from "~/words/en.settings";
import { type Setting, settingsOf, useConfiguration, valueWords, variable, yaml } from "./config";
import { Block, Groups, Hint, Row, Rows, Value } from "./Row";
import { HowToChange, Origin, ReadAgain } from "./Where";

const words = settings.limits;

const UNSET: Record<string, string> = {
  agent: words.unset,
  model: words.agentsOwn,
  max_running: words.byMemory,
};

/** The defaults of tasks: each with where it comes from, and how it is changed. */
export function Limits() {
  const { resources } = useApp();
  const { data, problem } = useConfiguration();
  if (problem && !data)
    return <ErrorState problem={problem} retry={() => resources.invalidate("configuration")} />;
  if (!data) return <Skeleton lines={8} />;
  const all = new Map(settingsOf(data).map((setting) => [setting.key, setting]));
  return (
    <Groups>
      <Rows title={settings.configuration.values} action={<ReadAgain />}>
        {Object.keys(words.keys).map((name) => (
          <Limit key={name} name={name} setting={all.get(`defaults.${name}`)} />
        ))}
      </Rows>
      <HowToChange all={data} example={yaml("defaults.max_running", "4")} />
    </Groups>
  );
}

function Limit({ name, setting }: { name: string; setting: Setting | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const [title, hint] = words.keys[name] ?? [name, ""];
  const key = `defaults.${name}`;
  const isUnset = !setting || setting.value === "0" || setting.value === "0s";
  return (
    <>
      <Row
        title={title}
        hint={
          <>
            {hint} · <Origin place={setting?.place} />
          </>
        }
      >
        <Value isUnset={isUnset}>
          {isUnset ? (UNSET[name] ?? words.none) : valueWords(key, setting.value)}
        </Value>
        <Button
          small
          kind="quiet"
          aria-expanded={isOpen}
          aria-label={words.changeOf(title)}
          onClick={() => setOpen(!isOpen)}
        >
          {words.change}
        </Button>
      </Row>
      {isOpen && (
        <Block>
          <Hint>{words.changeHint}</Hint>
          <Copyable block text={yaml(key, setting?.value ?? words.example[name] ?? "")} />
          <Hint>{settings.from.env}</Hint>
          <Copyable block text={`${variable(key)}=${setting?.value ?? words.example[name] ?? ""}`} />
        </Block>
      )}
    </>
  );
}
