import type { Change } from "../live/live";
import type { AttentionItem, Message, ProjectView, RunView, Schema, TaskView } from "../operations";
import { FakeClock } from "./clock";
import { GrowingFile } from "./files";

export type TaskKey = string;
export const keyOf = (project: string, task: string): TaskKey => `${project}/${task}`;

/** What of a task lists do not show. */
export type Extra = Partial<Omit<Schema<"TaskDetail">, keyof TaskView>>;

/** Part of the built-in settings. */
const DEFAULTS = { access: "full", max_restarts: 50, max_failures: 5, idle_timeout: "15m", wall_time: "8h" };

/** What a task changed: what is told of it, and the patch of a file. */
export type FakeChanges = {
  view: Partial<Schema<"ChangesView">>;
  patch?: (path: string, context: number) => Schema<"PatchView"> | undefined;
};

type Handled = { seen?: boolean; archived?: boolean; snoozedUntil?: number };

/** A root in memory. Everything that changes goes through it and is in its journal. */
export class World {
  readonly projects: ProjectView[] = [];
  readonly tasks = new Map<TaskKey, TaskView>();
  readonly extras = new Map<TaskKey, Extra>();
  readonly runs = new Map<TaskKey, RunView[]>();
  readonly messages = new Map<TaskKey, Message[]>();
  /** Files by `project/task/run/name`, or `project/task/name`. */
  readonly files = new Map<string, GrowingFile>();
  /** What tasks changed; of others it was not recorded. */
  readonly changes = new Map<TaskKey, FakeChanges>();
  readonly handled = new Map<string, Handled>();
  readonly archived = new Set<TaskKey>();
  readonly journal: Change[] = [];
  readonly agents: Schema<"AgentView">[] = [];
  /** Tokens beside the server's own. */
  tokens: Schema<"TokenView">[] = [];
  /** The configuration in force, and what doctor found. */
  settings: Schema<"SettingsView"> = { config: { defaults: DEFAULTS } as never, origins: {}, warnings: [] };
  findings: Schema<"Finding">[] = [{ what: "root", health: "good", text: "/home/ada/.conductor" }];
  /** What nobody needs any more. */
  garbage: Schema<"GarbageView">[] = [];
  slots = 8;
  /** Whether the core was started with `--no-start`. */
  startsNothing = false;
  #listeners = new Set<() => void>();
  #number = 0;

  constructor(readonly clock: FakeClock = new FakeClock()) {}

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A ULID-like id; it grows. */
  id(): string {
    return `01M${String(++this.#number).padStart(23, "0")}`;
  }

  task(project: string, task: string): TaskView | undefined {
    return this.tasks.get(keyOf(project, task));
  }

  /** Puts a task there as it has been for long: no news. */
  place(task: TaskView, extra: Extra = {}, runs: RunView[] = []): void {
    const key = keyOf(task.project, task.task);
    this.tasks.set(key, task);
    this.extras.set(key, extra);
    this.runs.set(key, runs);
    const project = this.projects.find((each) => each.project === task.project);
    if (project) project.tasks += 1;
    else this.projects.push({ project: task.project, source: `/home/ada/src/${task.project}`, tasks: 1 });
  }

  /** Changes a task, and tells. */
  change(
    project: string,
    task: string,
    kind: string,
    to: Partial<TaskView>,
    extra: Extra = {},
    run?: RunView,
  ): void {
    const key = keyOf(project, task);
    const before = this.tasks.get(key);
    if (!before) throw new Error(`no task ${key}`);
    const now: TaskView = { ...before, reason: undefined, ...to, updated_at: this.clock.iso() };
    now.keeps_awake = now.status === "running" || undefined;
    this.tasks.set(key, now);
    this.extras.set(key, { ...this.extras.get(key), ...extra });
    if (run) this.#run(key, run);
    this.#journal(kind, now, run);
  }

  create(task: TaskView, extra: Extra = {}): void {
    this.place(task, extra);
    this.#journal("task.queued", task);
  }

  remove(project: string, task: string): void {
    const key = keyOf(project, task);
    const was = this.tasks.get(key);
    if (!was) return;
    this.tasks.delete(key);
    this.#journal("task.deleted", was);
  }

  post(project: string, task: string, message: Partial<Message> & { type: string; body: string }): Message {
    const key = keyOf(project, task);
    const id = `MSG-${this.id()}`;
    const whole: Message = {
      msg_id: id,
      cursor: id,
      ts: this.clock.iso(),
      project_id: project,
      task_id: task,
      ...message,
    };
    this.messages.set(key, [...(this.messages.get(key) ?? []), whole]);
    this.#tell();
    return whole;
  }

  append(name: string, what: string | Uint8Array): void {
    this.file(name).append(what);
    this.#tell();
  }

  /** A file; empty where nothing was written. */
  file(name: string): GrowingFile {
    const file = this.files.get(name) ?? new GrowingFile();
    this.files.set(name, file);
    return file;
  }

  /** Puts into the journal what happened to a task so many minutes from now; before now where negative. */
  record(kind: string, minutes: number, task: TaskView, run?: RunView): void {
    this.#journal(kind, task, run, this.clock.iso(minutes));
  }

  handle(item: AttentionItem, how: Handled): void {
    this.handled.set(item.id, { ...this.handled.get(item.id), ...how });
    this.#note("task.attention", keyOf(item.project, item.task));
  }

  putAway(key: TaskKey, isAway: boolean): void {
    if (isAway) this.archived.add(key);
    else this.archived.delete(key);
    this.#note(isAway ? "task.archived" : "task.unarchived", key);
  }

  /** When the next item comes back that was put off. */
  nextAttention(): string | undefined {
    const until = [...this.handled.values()].flatMap(({ snoozedUntil }) => snoozedUntil ?? []);
    const next = Math.min(...until.filter((at) => at > this.clock.now()));
    return Number.isFinite(next) ? new Date(next).toISOString() : undefined;
  }

  attention(all = false): AttentionItem[] {
    const isShown = (task: TaskView) => all || !this.archived.has(keyOf(task.project, task.task));
    const items = [...this.tasks.values()].filter(isShown).flatMap((task) => this.#item(task) ?? []);
    const shown = items.filter((item) => {
      const { archived, snoozedUntil = 0 } = this.handled.get(item.id) ?? {};
      return all || !(archived || snoozedUntil > this.clock.now() || (item.seen && item.kind === "failure"));
    });
    return shown.sort((a, b) => a.since.localeCompare(b.since));
  }

  #item(task: TaskView): AttentionItem | undefined {
    const extra = this.extras.get(keyOf(task.project, task.task));
    const question = extra?.question;
    const kind = KINDS[task.status];
    if (!kind) return undefined;
    const about = question?.about;
    const id = `${task.status}-${question?.msg_id?.slice(-8) ?? task.task}`;
    return {
      id,
      kind: about === "tokens" || about === "cost" ? "limit" : about === "no_change" ? "stuck" : kind,
      project: task.project,
      task: task.task,
      text: question?.text ?? extra?.error?.message ?? task.reason ?? "it is ready to be looked at",
      choices: question?.choices ?? [],
      default: question?.default,
      default_at: question?.default_at,
      question: question?.msg_id,
      since: question?.asked_at ?? task.updated_at ?? this.clock.iso(),
      hint: extra?.error?.hint ?? `run-agent status ${task.task}`,
      seen: this.handled.get(id)?.seen ?? false,
    };
  }

  #run(key: TaskKey, run: RunView): void {
    const before = this.runs.get(key) ?? [];
    const rest = before.filter((each) => each.run !== run.run);
    this.runs.set(key, [...rest, run]);
  }

  #note(kind: string, key: TaskKey): void {
    const task = this.tasks.get(key);
    if (task) this.#journal(kind, task);
  }

  #journal(kind: string, task: TaskView, run?: RunView, at = this.clock.iso()): void {
    const revision = this.journal.length + 1;
    this.journal.push({
      cursor: `j${revision}`,
      kind,
      at,
      news: true,
      revision,
      task,
      run,
    });
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const KINDS: Partial<Record<TaskView["status"], AttentionItem["kind"]>> = {
  waiting_answer: "question",
  waiting_review: "review",
  interrupted: "interrupted",
  failed: "failure",
  timed_out: "failure",
};
