import { useState } from "react";
import { Button, Copyable, ErrorState, Skeleton } from "~/look";
import { useApp } from "~/state/app";
import { useConfiguration, useFresh } from "~/state/hooks";
import { settings } from "~/words/en.settings";
import { type Setting, settingsOf, valueWords, variable, yaml } from "./config";
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
  useFresh("configuration");
  if (problem && !data)
    return <ErrorState problem={problem} retry={() => resources.invalidate("configuration")} />;
  if (!data) return <Skeleton lines={8} />;
  const all = new Map(settingsOf(data).map((setting) => [setting.key, setting]));
  return (
    <Groups>
      <Rows title={settings.configuration.values} action={<ReadAgain />}>
        {Object.entries(words.keys).map(([name, said]) => (
          <Limit key={name} section="defaults" name={name} words={said} all={all} />
        ))}
      </Rows>
      <Rows title={words.machine}>
        {Object.entries(words.power).map(([name, said]) => (
          <Limit key={name} section="power" name={name} words={said} all={all} />
        ))}
      </Rows>
      <HowToChange all={data} example={yaml("defaults.max_running", "4")} />
    </Groups>
  );
}

type LimitProps = { section: string; name: string; words: [string, string]; all: Map<string, Setting> };

function Limit({ section, name, words: [title, hint], all }: LimitProps) {
  const [isOpen, setOpen] = useState(false);
  const key = `${section}.${name}`;
  const setting = all.get(key);
  const isUnset = !setting || (section === "defaults" && ["0", "0s"].includes(setting.value));
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
