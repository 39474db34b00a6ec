import { type KeyboardEvent, useState } from "react";
import { contextOf, type Declaration, everyAction, keyFor, plainTitleOf, pressed } from "~/actions";
import { Button, Keys, Toggle } from "~/look";
import { useApp } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import { en } from "~/words";
import { settings } from "~/words/en.settings";
import { Groups, Row, Rows, Value } from "./Row";

/** Every action with its key; each can have another one, or none. */
export function KeysPart() {
  const context = contextOf(useApp());
  const [preferences, set] = usePreferences();
  const all = everyAction();
  const own = Object.keys(preferences.keys).length;
  return (
    <Groups>
      <Rows>
        <Row title={en.settings.letters} hint={en.settings.lettersHint}>
          <Toggle
            aria-label={en.settings.letters}
            checked={preferences.letters}
            onChange={(letters) => set({ letters })}
          />
        </Row>
        {own > 0 && (
          <Row title={settings.keys.resetHint(own)}>
            <Button onClick={() => set({ keys: {} })}>{settings.keys.resetAll}</Button>
          </Row>
        )}
      </Rows>
      {Object.entries(en.groups).map(([group, title]) => {
        const those = all.filter((action) => action.group === group);
        if (those.length === 0) return null;
        return (
          <Rows key={group} title={title}>
            {those.map((action) => (
              <KeyRow key={action.id} action={action} title={plainTitleOf(action, context)} all={all} />
            ))}
          </Rows>
        );
      })}
    </Groups>
  );
}

const MODIFIERS = new Set(["control", "shift", "alt", "meta"]);

type KeyProps = { action: Declaration; title: string; all: readonly Declaration[] };

function KeyRow({ action, title, all }: KeyProps) {
  const context = contextOf(useApp());
  const [preferences, set] = usePreferences();
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const keys = keyFor(action, preferences);
  const put = (next: string) => set({ keys: { ...preferences.keys, [action.id]: next } });
  const reset = () => {
    const { [action.id]: _, ...rest } = preferences.keys;
    set({ keys: rest });
  };
  const listen = (event: KeyboardEvent) => {
    if (!isAsking || MODIFIERS.has(event.key.toLowerCase()) || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setAsking(false);
    const next = ["Backspace", "Delete"].includes(event.key) ? "" : pressed(event.nativeEvent);
    const other = next && all.find((each) => excludes(each, action) && keyFor(each, preferences) === next);
    setAsking(false);
    if (other) return setProblem(en.settings.taken(plainTitleOf(other, context)));
    setProblem(undefined);
    put(next);
  };
  return (
    <Row title={title} problem={problem}>
      {keys ? <Keys keys={keys} /> : <Value isUnset>{en.settings.none}</Value>}
      {action.id in preferences.keys && (
        <Button small kind="quiet" onClick={reset}>
          {en.settings.reset}
        </Button>
      )}
      <Button
        small
        kind="quiet"
        aria-label={isAsking ? en.settings.press : en.settings.changeKey(title)}
        onClick={() => setAsking(!isAsking)}
        onKeyDown={listen}
        onBlur={() => setAsking(false)}
      >
        {isAsking ? en.settings.press : en.settings.change}
      </Button>
    </Row>
  );
}

/** Whether two cannot have the same key: what acts only where it has the focus goes before all others. */
function excludes(one: Declaration, other: Declaration): boolean {
  return one.id !== other.id && Boolean(one.isLocal) === Boolean(other.isLocal);
}
