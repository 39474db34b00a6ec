import { useEffect, useRef } from "react";
import type { Host } from "~/platform/host";
import type { AgentEvent, Schema } from "~/platform/operations";
import { useApp } from "./app";
import { useResource, useTask } from "./hooks";
import { keyOf, type TaskRef } from "./keys";
import type { Resource } from "./resources";
import { useSelected } from "./store";
import { followTail } from "./tail";

export type ChangesView = Schema<"ChangesView">;

/** What a task changed. */
export type Changes = {
  view: ChangesView;
  /** When it was asked, and how long the answer took, in milliseconds. */
  at: number;
  took: number;
};

/** At most so often it is asked again, in milliseconds; more rarely where an answer takes long. */
const PAUSE = 5000;
const REST = 4;

const nameOf = (ref: TaskRef) => `${keyOf(ref)}:changes`;

/**
 * What a task changed, asked again when the task changes. With `isClose` also when its agent has used a tool, and
 * when the page comes into view.
 */
export function useChanges(ref: TaskRef, isClose = false): Resource<Changes> {
  const { host, resources } = useApp();
  const name = nameOf(ref);
  const resource = useResource(name, () => ask(host, ref));
  const latest = useRef(resource.data);
  latest.current = resource.data;
  const pace = useRef<Pace>(undefined);

  useEffect(() => {
    const made = new Pace(
      () => resources.invalidate(name),
      () => latest.current,
      () => host.now(),
    );
    pace.current = made;
    if (isClose && latest.current) made.poke();
    return () => made.stop();
  }, [host, resources, name, isClose]);

  useTaskChanges(ref, pace);
  useUsesOfTools(ref, isClose, pace);
  return resource;
}

/** Asks at once. */
export function useAskChanges(ref: TaskRef): () => void {
  const { resources } = useApp();
  return () => resources.invalidate(nameOf(ref));
}

async function ask(host: Host, { project, task }: TaskRef): Promise<Changes> {
  const began = performance.now();
  const view = await host.request("tasks_changes", { path: { project, task }, reuse: true });
  return { view, at: host.now(), took: performance.now() - began };
}

type PaceRef = { current: Pace | undefined };

function useTaskChanges(ref: TaskRef, pace: PaceRef): void {
  const task = useTask(ref);
  const state = task && `${task.status} ${task.runs} ${task.iteration} ${task.updated_at}`;
  const known = useRef(state);
  useEffect(() => {
    if (known.current !== undefined && known.current !== state) pace.current?.poke();
    known.current = state;
  }, [state, pace]);
}

function useUsesOfTools(ref: TaskRef, isClose: boolean, pace: PaceRef): void {
  const { host, runs } = useApp();
  const run = useSelected(runs.value, (all) => all.get(keyOf(ref)));
  const id = isClose ? run?.run : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id; the rest of it changes.
  useEffect(() => {
    if (!id || !run) return;
    return followTail(host, run, (events) => events.some(mayHaveChanged) && pace.current?.poke());
  }, [host, id, pace]);
}

function mayHaveChanged({ event }: AgentEvent): boolean {
  return event === "tool_result" || event === "result";
}

/** Asks again as often as it is worth it, and only while the page is seen. */
class Pace {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = Number.NEGATIVE_INFINITY;
  #isDue = false;

  constructor(
    readonly again: () => void,
    readonly known: () => Changes | undefined,
    readonly now: () => number,
  ) {
    document.addEventListener("visibilitychange", this.#seen);
  }

  /** Something may be different. */
  poke(): void {
    if (this.#timer !== undefined) return;
    if (document.visibilityState === "hidden") {
      this.#isDue = true;
      return;
    }
    const { at = Number.NEGATIVE_INFINITY, took = 0 } = this.known() ?? {};
    const next = Math.max(at, this.#asked) + Math.max(PAUSE, REST * took);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#asked = this.now();
        this.again();
      },
      Math.max(0, next - this.now()),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
  }

  readonly #seen = () => {
    if (document.visibilityState === "hidden" || !this.#isDue) return;
    this.#isDue = false;
    this.poke();
  };
}
