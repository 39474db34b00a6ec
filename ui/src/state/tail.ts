import type { Host } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { AgentEvent, RunView } from "~/platform/operations";
import { onBack } from "./back";
import { keyOf } from "./keys";

/** How much of the end of a run's events is read to see what it does, in bytes. */
const TAIL = 16 * 1024;

/** Events that are kept for who comes later. */
const KEPT = 200;

type Told = (events: readonly AgentEvent[]) => void;

const tails = new WeakMap<Host, Map<string, Tail>>();

/** Follows the end of a run's events, until what it returns is called. Who follows the same run shares one subscription. */
export function followTail(host: Host, run: RunView, told: Told): () => void {
  const own = tails.get(host) ?? new Map<string, Tail>();
  tails.set(host, own);
  const key = `${keyOf(run)}/${run.run}`;
  const tail = own.get(key) ?? new Tail(host, run);
  own.set(key, tail);
  const leave = tail.join(told);
  return () => {
    leave();
    if (tail.users.size > 0) return;
    tail.stop();
    if (own.get(key) === tail) own.delete(key);
  };
}

/** The end of a run's events, for all who follow it. */
class Tail {
  readonly users = new Set<Told>();
  #last: AgentEvent[] = [];
  #rest = "";
  #subscription: Subscription | undefined;
  #isOver = false;
  readonly #leave: () => void;

  constructor(
    readonly host: Host,
    readonly run: RunView,
  ) {
    // Who answered nothing may have been about to start anew.
    this.#leave = onBack(host.live, () => this.#ask());
    this.#ask();
  }

  /** What was told so far is told at once. */
  join(told: Told): () => void {
    // Each by itself, also where two are the same.
    const user: Told = (events) => told(events);
    this.users.add(user);
    if (this.#last.length > 0) told(this.#last);
    return () => this.users.delete(user);
  }

  stop(): void {
    this.#isOver = true;
    this.#leave();
    this.#subscription?.close();
  }

  #ask(): void {
    if (this.#subscription) return;
    this.host
      .request("runs_files_of_task", { path: pathOf(this.run) })
      .then(({ items }) => this.#begin(items.find((file) => file.name === EVENTS)?.bytes ?? 0))
      .catch(() => undefined);
  }

  #begin(size: number): void {
    if (this.#isOver || this.#subscription) return;
    this.#subscription = this.host.live.subscribe(
      { kind: "log", ...pathOf(this.run), stream: "events" },
      (event) => event.kind === "log" && event.data.text !== undefined && this.#hear(event.data.text),
      String(Math.max(0, size - TAIL)),
    );
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    const events = lines.flatMap(parsed);
    if (events.length === 0) return;
    this.#last = [...this.#last, ...events].slice(-KEPT);
    for (const user of this.users) user(events);
  }
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
