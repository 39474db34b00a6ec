import type { Input, Operation, Output, RunView, TaskDetail, TaskView } from "../operations";
import { Problem } from "../problem";
import { CHANGES } from "./changes";
import { DOING } from "./doing";
import { KEEPING } from "./keeping";
import { keyOf, type World } from "./world";

export type Handlers = {
  [O in Operation]?: (world: World, input: Input<O>) => Output<O> | Promise<Output<O>>;
};

const ENDED = new Set(["completed", "failed", "stopped", "timed_out"]);

/** The operations that the fake core does. Another is refused as `not_found`. */
export const HANDLERS: Handlers = {
  ...KEEPING,
  ...DOING,
  ...CHANGES,
  system_health: () => ({ status: "ok" }),
  system_version: () => ({ version: "0.0.0-fake", api: "v1" }),
  system_news: (world) => ({ items: [], next: `j${world.journal.length}` }),
  system_queue: (world) => {
    const of = (status: string) => [...world.tasks.values()].filter((task) => task.status === status);
    return {
      slots: world.slots,
      taken: of("running").map(({ project, task }) => ({ project, task, run: "" })),
      waiting: of("queued").map(({ project, task }, number) => ({ number, project, task })),
    };
  },
  system_status: (world) => ({
    tasks: counted([...world.tasks.values()].map(({ status }) => status)),
    runs_active: 0,
    queue: 0,
    slots: world.slots,
    bus_bytes: JSON.stringify([...world.messages.values()]).length,
    buses: world.messages.size,
    path: "/home/ada/.conductor",
    uptime_seconds: 93_600,
    version: "0.0.0-fake",
  }),
  agents_list: (world) => ({ items: world.agents }),
  projects_list: (world) => ({ items: world.projects }),
  tasks_list: (world, { query = {} }) => {
    const statuses = query.status?.split(",");
    const all = [...world.tasks.values()]
      .filter((task) => world.archived.has(keyOf(task.project, task.task)) === (query.archived ?? false))
      .filter((task) => !query.project || task.project === query.project)
      .filter((task) => !statuses || statuses.includes(task.status))
      .filter((task) => !query.active || !ENDED.has(task.status))
      .sort((a, b) => (b.created_at ?? "").localeCompare(a.created_at ?? ""));
    return page(all, query.cursor, query.limit);
  },
  tasks_show: (world, { path }) => detail(world, path.project, path.task),
  tasks_tree: (world, { path }) => tree(world, existing(world, path.project, path.task)),
  tasks_dependencies: (world, { path }) => {
    const related = (task: string) => ({
      project: path.project,
      task,
      status: world.task(path.project, task)?.status,
    });
    const dependsOn = (task: string) => world.extras.get(keyOf(path.project, task))?.depends_on ?? [];
    const others = [...world.tasks.values()].filter(({ project }) => project === path.project);
    return {
      depends_on: dependsOn(path.task).map(related),
      needed_by: others.flatMap(({ task }) => (dependsOn(task).includes(path.task) ? [related(task)] : [])),
    };
  },
  tasks_files: (world, { path }) => ({ items: filesOf(world, `${path.project}/${path.task}/`) }),
  runs_list: (world, { query = {} }) => {
    const all = [...world.runs.values()]
      .flat()
      .filter((run) => !query.project || run.project === query.project)
      .filter((run) => !query.task || run.task === query.task)
      .filter((run) => !query.status || query.status.split(",").includes(run.status))
      .sort((a, b) => (b.started_at ?? "").localeCompare(a.started_at ?? ""));
    return page(all, query.cursor, query.limit);
  },
  runs_show_of_task: (world, { path }) => run(world, path.project, path.task, path.run),
  runs_files_of_task: (world, { path }) => ({
    items: filesOf(world, `${path.project}/${path.task}/${path.run}/`),
  }),
  messages_of_task: (world, { path, query = {} }) => {
    const all = world.messages.get(keyOf(path.project, path.task)) ?? [];
    const from = query.after ? all.findIndex((message) => message.cursor === query.after) + 1 : 0;
    const since = query.since ? Date.parse(query.since) : 0;
    const found = all.slice(from).filter(({ ts }) => since === 0 || Date.parse(ts ?? "") >= since);
    const items = query.last ? found.slice(-query.last) : found.slice(0, query.limit ?? 50);
    return { items, next: items.at(-1)?.cursor ?? query.after };
  },
  attention_list: (world, { query = {} }) => ({
    items: world.attention(query.all ?? false),
    next_at: world.nextAttention(),
  }),
  attention_handle: (world, { path, body }) => {
    const item = world.attention(true).find((each) => each.id === path.id);
    if (!item) throw new Problem("not_found", `nothing in the inbox has the id "${path.id}"`);
    if ("snooze" in body) {
      world.handle(item, { snoozedUntil: world.clock.now() + body.snooze.seconds * 1000 });
    } else world.handle(item, "seen" in body ? { seen: true } : { archived: true });
    return item;
  },
  tasks_answer: (world, { path, body }) => {
    const key = keyOf(path.project, path.task);
    const question = world.extras.get(key)?.question;
    if (!question) throw new Problem("conflict", `${key}: no question is open`);
    const parents = [{ msg_id: question.msg_id, kind: "answers" }];
    const answer = world.post(path.project, path.task, { type: "ANSWER", body: body.text, parents });
    world.change(path.project, path.task, "task.running", { status: "running" }, { question: undefined });
    const { msg_id: id } = question;
    return {
      project: path.project,
      task: path.task,
      question: id,
      answer: answer.msg_id ?? "",
      text: body.text,
    };
  },
  tasks_pause: (world, { path, body }) => {
    // Its turn goes on first.
    if (body?.after_turn) {
      return { project: path.project, task: path.task, status: "running", children: 0 };
    }
    world.change(path.project, path.task, "task.paused", { status: "paused", reason: "paused by a person" });
    return { project: path.project, task: path.task, status: "paused", children: 0 };
  },
  tasks_resume: (world, { path }) => {
    world.change(path.project, path.task, "task.running", { status: "running", ended_at: undefined });
    return { project: path.project, task: path.task, status: "running" };
  },
  tasks_archive: (world, { path, body }) => {
    world.putAway(keyOf(path.project, path.task), body.archived);
    return undefined;
  },
  tasks_delete: (world, { path }) => {
    world.remove(path.project, path.task);
    return undefined;
  },
  tasks_create: (world, { body }) => {
    if (body.cwd?.startsWith("/nowhere")) {
      const message = `failed to work in ${body.cwd}: no such file or directory`;
      throw new Problem("not_found", message, "--cwd names a folder that is there");
    }
    const project = body.project ?? body.cwd?.split("/").at(-1) ?? "webshop";
    if (!body.prompt) throw new Problem("usage", "prompt: is missing", "say what is to be done");
    const words =
      body.task ??
      body.prompt
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 40);
    const task = `task-20261120-135000-${words}`;
    const agent = body.agent ?? world.agents.find((agent) => agent.default)?.agent;
    return made(world, project, task, {
      title: body.prompt.split("\n")[0],
      agent,
      workflow: body.workflow,
      access: body.access ?? undefined,
    });
  },
  tasks_demo: (world) => {
    const has = (name: string) => world.projects.some(({ project }) => project === name);
    const numbered = Array.from(world.projects, (_, at) => `demo-${at + 2}`);
    const project = ["demo", ...numbered].find((name) => !has(name)) ?? "demo";
    const title = "Make every check of check.sh pass.";
    return made(world, project, "task-20261120-135000-make-every-check-of", { title, agent: "demo" });
  },
};

/** A task that was just asked for. */
function made(world: World, project: string, task: string, { title = "", ...more }: Partial<TaskView>) {
  if (world.startsNothing) {
    const message = "this server was started with --no-start: it launches nothing";
    throw new Problem("forbidden", message, "start tasks with run-agent, or serve without --no-start");
  }
  world.create({
    project,
    task,
    title,
    status: "queued",
    iteration: 0,
    runs: 0,
    created_at: world.clock.iso(),
    updated_at: world.clock.iso(),
    ...more,
    workflow: more.workflow ?? "loop",
    access: more.access ?? "edit",
  });
  return { project, task, warnings: [] };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function page<T>(all: T[], cursor = "0", limit = 50): { items: T[]; next?: string } {
  const from = Number(cursor);
  const items = all.slice(from, from + limit);
  return from + limit < all.length ? { items, next: String(from + limit) } : { items };
}

function existing(world: World, project: string, task: string): TaskView {
  const found = world.task(project, task);
  if (!found)
    throw new Problem("not_found", `${project}/${task}: no such task`, "`run-agent list` shows all tasks");
  return found;
}

function run(world: World, project: string, task: string, id: string): RunView {
  const found = world.runs.get(keyOf(project, task))?.find((each) => each.run === id);
  if (!found) throw new Problem("not_found", `${id}: no such run`);
  return found;
}

function childrenOf(world: World, { project, task }: TaskView): TaskView[] {
  return [...world.tasks.values()].filter((each) => each.parent_task === `${project}/${task}`);
}

function detail(world: World, project: string, name: string): TaskDetail {
  const task = existing(world, project, name);
  const key = keyOf(project, name);
  return {
    ...task,
    path: `/home/ada/.conductor/${key}`,
    cwd: `/home/ada/src/${project}`,
    spend: {},
    supervisor_pid: ENDED.has(task.status) || task.status === "interrupted" ? undefined : 48_211,
    restarts: { used: Math.max(0, task.runs - 1), of: 19 },
    failures: { used: 0, of: 3 },
    depends_on: [],
    children: childrenOf(world, task).map((child) => ({
      project: child.project,
      task: child.task,
      status: child.status,
    })),
    warnings: [],
    run_list: world.runs.get(key) ?? [],
    damaged: [],
    ...world.extras.get(key),
  };
}

function tree(world: World, task: TaskView): Output<"tasks_tree"> {
  const run_list = world.runs.get(keyOf(task.project, task.task)) ?? [];
  return { ...task, run_list, children: childrenOf(world, task).map((child) => tree(world, child)) };
}

function filesOf(world: World, folder: string): { name: string; bytes: number; modified_at: string }[] {
  return [...world.files].flatMap(([path, { size }]) => {
    const name = path.startsWith(folder) ? path.slice(folder.length) : "/";
    if (name.includes("/")) return [];
    return [{ name, bytes: size, modified_at: world.clock.iso(-1) }];
  });
}
