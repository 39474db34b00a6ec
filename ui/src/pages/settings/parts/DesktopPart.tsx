import { useState } from "react";
import { Button, ErrorState, Field, Input, Skeleton, Toggle, toast, toastProblem } from "~/look";
import type { Desktop, DesktopSettings, DesktopState } from "~/platform/host";
import { useHost } from "~/state/app";
import { useReadable } from "~/state/store";
import { sentence } from "~/words";
import { desktop as words } from "~/words/en.desktop";
import { QuietHours } from "./QuietHours";
import { Block, Groups, Hint, Row, Rows } from "./Row";

/** The desktop app itself: how it starts, what it tells, which programs it opens, what its desktop lacks. */
export function DesktopPart() {
  const { desktop } = useHost().capabilities;
  return desktop ? <Known desktop={desktop} /> : null;
}

type Props = { desktop: Desktop; state: DesktopState };

function Known({ desktop }: { desktop: Desktop }) {
  const state = useReadable(desktop);
  const problem = useReadable(desktop.problem);
  if (!state && problem) return <ErrorState problem={problem} retry={() => void desktop.load()} />;
  if (!state) return <Skeleton />;
  const start = (autostart: boolean) => void desktop.set({ autostart }).catch(toastProblem);
  return (
    <Groups>
      {state.missing.length > 0 && (
        <Rows title={words.missing}>
          {state.missing.map(({ what, text, hint }) => (
            <Row key={what} health="note" title={sentence(text)} hint={sentence(hint)} />
          ))}
        </Rows>
      )}
      <Rows>
        <Row title={words.start} hint={words.startHint}>
          <Toggle aria-label={words.start} checked={state.autostart} onChange={start} />
        </Row>
        <Shell desktop={desktop} state={state} />
      </Rows>
      <Telling desktop={desktop} state={state} />
      <Programs desktop={desktop} state={state} />
      <Hint>{words.version(state.version)}</Hint>
    </Groups>
  );
}

function Shell({ desktop, state: { environment } }: Props) {
  const [isReading, setReading] = useState(false);
  const again = async () => {
    setReading(true);
    try {
      const { problem } = await desktop.readEnvironment();
      if (!problem) toast(words.read);
    } catch (error) {
      toastProblem(error);
    }
    setReading(false);
  };
  const { shell, took, problem } = environment;
  const how = problem
    ? words.shellFailed(sentence(problem))
    : shell
      ? words.shellRead(shell, `${took} ms`)
      : words.shellNone;
  return (
    <Row
      title={words.shell}
      health={problem ? "problem" : undefined}
      hint={
        <>
          {how}
          <br />
          {words.shellHint}
        </>
      }
    >
      <Button pending={isReading} onClick={() => void again()}>
        {words.again}
      </Button>
    </Row>
  );
}

/** Sets some of the settings; the others stay. */
function setter({ desktop, state }: Props) {
  return (change: Partial<DesktopSettings>) =>
    void desktop.set({ settings: { ...state.settings, ...change } }).catch(toastProblem);
}

const KINDS = ["questions", "limits", "failures", "completed"] as const;

function Telling(props: Props) {
  const { notifications, quiet } = props.state.settings;
  const set = setter(props);
  return (
    <Rows title={words.tell}>
      {KINDS.map((kind) => {
        const [title, hint] = words.kinds[kind];
        const change = (isOn: boolean) => set({ notifications: { ...notifications, [kind]: isOn } });
        return (
          <Row key={kind} title={title} hint={hint}>
            <Toggle aria-label={title} checked={notifications[kind]} onChange={change} />
          </Row>
        );
      })}
      <QuietHours words={words} quiet={quiet ?? undefined} set={(hours) => set({ quiet: hours })} />
    </Rows>
  );
}

function Programs(props: Props) {
  const { editor, terminal } = props.state.settings;
  const set = setter(props);
  return (
    <Rows title={words.programs}>
      <Command
        title={words.editor}
        hint={words.editorHint}
        example={words.editorExample}
        needs="{file}"
        value={editor ?? ""}
        set={(next) => set({ editor: next })}
      />
      <Command
        title={words.terminal}
        hint={words.terminalHint}
        example={words.terminalExample}
        needs="{command}"
        value={terminal ?? ""}
        set={(next) => set({ terminal: next })}
      />
    </Rows>
  );
}

type CommandProps = {
  title: string;
  hint: string;
  example: string;
  /** What has to stand in it. */
  needs: string;
  value: string;
  set: (value: string | undefined) => void;
};

/** A command line, set when it is left or Enter is pressed. */
function Command({ title, hint, example, needs, value, set }: CommandProps) {
  const [text, setText] = useState(value);
  const [error, setError] = useState<string>();
  const done = () => {
    const command = text.trim();
    const isBad = command !== "" && !command.includes(needs);
    setError(isBad ? words.without(needs) : undefined);
    if (!isBad && command !== value) set(command || undefined);
  };
  return (
    <Block>
      <Field label={title} hint={hint} error={error}>
        {(named) => (
          <Input
            {...named}
            value={text}
            placeholder={example}
            onChange={(event) => setText(event.target.value)}
            onBlur={done}
            onKeyDown={(event) => event.key === "Enter" && done()}
          />
        )}
      </Field>
    </Block>
  );
}
