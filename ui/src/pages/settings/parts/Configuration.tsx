import { useDeferredValue, useState } from "react";
import { Copyable, EmptyState, ErrorState, Field, Input, Skeleton, Untrusted, WithCommands } from "~/look";
import { useApp } from "~/state/app";
import { useConfiguration, useFresh } from "~/state/hooks";
import { settings } from "~/words/en.settings";
import { settingsOf, yaml } from "./config";
import { Groups, Row, Rows, Value } from "./Row";
import { HowToChange, Origin, ReadAgain } from "./Where";

const words = settings.configuration;

/** Every value in force, with the place that it comes from. */
export function Configuration() {
  const { resources } = useApp();
  const { data, problem } = useConfiguration();
  useFresh("configuration");
  const [filter, setFilter] = useState("");
  const deferred = useDeferredValue(filter).toLowerCase();
  if (problem && !data)
    return <ErrorState problem={problem} retry={() => resources.invalidate("configuration")} />;
  if (!data) return <Skeleton lines={10} />;
  const found = settingsOf(data).filter(({ key, value, place = settings.from.builtIn }) =>
    `${key} ${value} ${place}`.toLowerCase().includes(deferred),
  );
  return (
    <Groups>
      {data.warnings.length > 0 && (
        <Rows title={words.warnings}>
          {data.warnings.map(({ place, key, message, hint }) => (
            <Row
              key={`${place}:${key}`}
              health="note"
              title={<Untrusted text={`${key}: ${message}`} />}
              hint={
                <>
                  <Copyable text={place} />
                  {hint && <WithCommands text={hint} />}
                </>
              }
            />
          ))}
        </Rows>
      )}
      <Field label={words.filter} hideLabel>
        {(named) => (
          <Input
            {...named}
            type="search"
            placeholder={words.filter}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        )}
      </Field>
      {found.length === 0 ? (
        <Rows>
          <EmptyState small title={words.noMatch} />
        </Rows>
      ) : (
        <Rows title={words.values} action={<ReadAgain />}>
          {found.map(({ key, value, place }) => (
            <Row key={key} title={<code>{key}</code>} hint={<Origin place={place} />}>
              <Value>
                <Untrusted text={value} />
              </Value>
            </Row>
          ))}
        </Rows>
      )}
      <HowToChange all={data} example={yaml("defaults.idle_timeout", "30m")} />
    </Groups>
  );
}
