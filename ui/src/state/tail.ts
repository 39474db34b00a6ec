import type { Host } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { AgentEvent, RunView } from "~/platform/operations";
import { onBack } from "./back";

/** How much of the end of a run's events is read to see what it does, in bytes. */
const TAIL = 16 * 1024;

/** Follows the end of a run's events, until what it returns is called. */
export function followTail(host: Host, run: RunView, told: (events: AgentEvent[]) => void): () => void {
  let subscription: Subscription | undefined;
  let isOver = false;
  const begin = (size: number) => {
    if (isOver || subscription) return;
    const { project, task } = run;
    let rest = "";
    const hear = (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const events = lines.flatMap(parsed);
      if (events.length > 0) told(events);
    };
    subscription = host.live.subscribe(
      { kind: "log", project, task, run: run.run, stream: "events" },
      (event) => event.kind === "log" && event.data.text !== undefined && hear(event.data.text),
      String(Math.max(0, size - TAIL)),
    );
  };
  const ask = () => {
    if (subscription) return;
    host
      .request("runs_files_of_task", { path: pathOf(run) })
      .then(({ items }) => begin(items.find((file) => file.name === EVENTS)?.bytes ?? 0))
      .catch(() => undefined);
  };
  // Who answered nothing may have been about to start anew.
  const leave = onBack(host.live, ask);
  ask();
  return () => {
    isOver = true;
    leave();
    subscription?.close();
  };
}

/** The last events of a run that is over. */
export async function readTail(host: Host, run: RunView): Promise<AgentEvent[]> {
  const path = { ...pathOf(run), name: EVENTS };
  const { bytes } = await host.file("runs_file_of_task", { path }, { last: TAIL });
  return new TextDecoder().decode(bytes).split("\n").flatMap(parsed);
}

const EVENTS = "events.jsonl";
const pathOf = ({ project, task, run }: RunView) => ({ project, task, run });

function parsed(line: string): AgentEvent[] {
  try {
    return [JSON.parse(line) as AgentEvent];
  } catch {
    // The first line of the tail is cut, the last one may be being written.
    return [];
  }
}
