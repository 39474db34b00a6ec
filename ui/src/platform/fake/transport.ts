import type { LiveEvent } from "../live/live";
import type { Frame, Transport, Wanted } from "../live/transport";
import type { Topic } from "../operations";
import { Problem } from "../problem";
import type { World } from "./world";
import { keyOf } from "./world";

type Places = Record<string, { topic: Topic; place: number }>;
type Session = { places: Places; frame(frame: Frame): void; end(): void };

/** The stream of several subscriptions on a world in memory. */
export class FakeTransport implements Transport {
  /** Whether the way is cut: nothing is answered. */
  isCut = false;
  #sessions = new Map<string, Session>();
  #number = 0;

  constructor(readonly world: World) {
    world.watch(() => this.#pump());
  }

  /** Cuts the way, as a lost network does. */
  cut(): void {
    this.isCut = true;
    for (const session of [...this.#sessions.values()]) session.end();
  }

  mend(): void {
    this.isCut = false;
  }

  async open(last: string | undefined, frame: (frame: Frame) => void, sign: () => void, end: AbortSignal) {
    this.#reach();
    const id = `session-${this.#number++}`;
    await new Promise<void>((resolve) => {
      const places = last ? (JSON.parse(last) as Places) : {};
      const close = () => {
        this.#sessions.delete(id);
        resolve();
      };
      this.#sessions.set(id, { places, frame, end: close });
      end.addEventListener("abort", close, { once: true });
      sign();
      this.#send(places, frame, "session", { data: { session: id } });
      queueMicrotask(() => this.#pump());
    });
  }

  async add(session: string, { name, topic, after }: Wanted) {
    this.#reach();
    const open = this.#sessions.get(session);
    if (!open) throw new Problem("not_found", `no stream ${session}`);
    if (open.places[name]) throw new Problem("conflict", `this stream has a subscription "${name}" already`);
    if (!this.#isThere(topic)) throw new Problem("not_found", "no such task");
    open.places[name] = { topic, place: this.#placeOf(topic, after) };
    this.#send(open.places, open.frame, "added", { subscription: name, data: topic });
    queueMicrotask(() => this.#pump());
  }

  async drop(session: string, name: string) {
    this.#reach();
    const open = this.#sessions.get(session);
    if (!open?.places[name]) throw new Problem("not_found", `no subscription ${name}`);
    delete open.places[name];
    this.#send(open.places, open.frame, "dropped", { subscription: name, data: {} });
  }

  #reach(): void {
    if (this.isCut) throw new Problem("unreachable", "the server does not answer");
  }

  #isThere(topic: Topic): boolean {
    return topic.kind !== "messages" || !topic.task || this.world.tasks.has(keyOf(topic.project, topic.task));
  }

  #send(places: Places, frame: (frame: Frame) => void, event: string, data: unknown): void {
    frame({ id: JSON.stringify(places), event, data });
  }

  #pump(): void {
    for (const session of [...this.#sessions.values()]) {
      for (const [name, at] of Object.entries(session.places)) {
        for (const [event, place] of this.#after(at.topic, at.place)) {
          at.place = place;
          this.#send(session.places, session.frame, event.kind, { subscription: name, data: event.data });
        }
      }
    }
  }

  /** What of a topic comes after a place, each with the place behind it. */
  #after(topic: Topic, place: number): [LiveEvent, number][] {
    if (topic.kind === "events") {
      return this.world.journal.slice(place).flatMap((data, index): [LiveEvent, number][] => {
        const isWanted =
          (!topic.project || data.task.project === topic.project) &&
          (!topic.task || data.task.task === topic.task);
        return isWanted ? [[{ kind: "event", data }, place + index + 1]] : [];
      });
    }
    if (topic.kind === "messages") {
      const all = this.world.messages.get(keyOf(topic.project, topic.task ?? "")) ?? [];
      return all.slice(place).map((data, index) => [{ kind: "message", data }, place + index + 1]);
    }
    const file = this.world.files.get(fileOf(topic));
    if (!file || place >= file.size) return [];
    const text = new TextDecoder().decode(file.read(place, file.size));
    return [[{ kind: "log", data: { offset: place, text } }, file.size]];
  }

  #placeOf(topic: Topic, after: string | undefined): number {
    if (after === undefined) return 0;
    if (topic.kind === "log") return Number(after);
    if (topic.kind === "events") return Number(after.slice(1));
    const all = this.world.messages.get(keyOf(topic.project, topic.task ?? "")) ?? [];
    return all.findIndex((message) => message.cursor === after) + 1;
  }
}

const FILES = { stdout: "agent-stdout.txt", stderr: "agent-stderr.txt", events: "events.jsonl" } as const;

export function fileOf(topic: Extract<Topic, { kind: "log" }>): string {
  return `${topic.project}/${topic.task}/${topic.run}/${FILES[topic.stream]}`;
}
