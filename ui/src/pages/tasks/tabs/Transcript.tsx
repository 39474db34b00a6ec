import { useEffect, useState } from "react";
import { EmptyState, Untrusted } from "~/look";
import type { AgentEvent, RunView } from "~/platform/operations";
import { useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useDetail } from "~/state/hooks";
import { actionSentence, en } from "~/words";
import type { TabProps } from "../centre/tabs";
import css from "./Transcript.module.css";

/** What the agent of the chosen or the last run says and does. */
export default function Transcript({ task }: TabProps) {
  const { query } = useRoute();
  const runs = useDetail(task).data?.run_list ?? [];
  const run = runs.find((each) => each.run === query.run) ?? runs.at(-1);
  const events = useEvents(run);
  const lines = events.flatMap(({ event, line }) => (line ? [{ event, line }] : []));
  if (lines.length === 0) return <EmptyState title={en.transcript.none}>{en.transcript.noneHint}</EmptyState>;
  return (
    <div className={css.log} role="log" aria-label={en.tabs.transcript}>
      {lines.map(({ event, line }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events are only added at the end.
        <p key={index} className={event.event === "text" ? css.text : css.action}>
          <Untrusted text={line} links={event.event === "text"} />
        </p>
      ))}
    </div>
  );
}

type Line = { event: AgentEvent; line: string | undefined };

const MOST = 1000;

function useEvents(run: RunView | undefined): Line[] {
  const { live } = useHost();
  const [told, setTold] = useState<{ run: string; lines: Line[] }>();
  const id = run?.run;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id.
  useEffect(() => {
    if (!run) return;
    let rest = "";
    let lines: Line[] = [];
    const { project, task } = run;
    const topic = { kind: "log", project, task, run: run.run, stream: "events" } as const;
    const subscription = live.subscribe(topic, (event) => {
      if (event.kind === "reset") [rest, lines] = ["", []];
      if (event.kind !== "log") return;
      const parts = (rest + (event.data.text ?? "")).split("\n");
      rest = parts.pop() ?? "";
      lines = [...lines, ...parts.flatMap(parsed)].slice(-MOST);
      setTold({ run: run.run, lines });
    });
    return () => subscription.close();
  }, [live, id]);
  return told && told.run === id ? told.lines : [];
}

function parsed(text: string): Line[] {
  try {
    const event = JSON.parse(text) as AgentEvent;
    return [{ event, line: event.event === "text" ? event.text : actionSentence(event) }];
  } catch {
    return [];
  }
}
