import type { Message, Schema } from "../operations";
import { Problem } from "../problem";
import type { Handlers } from "./handlers";
import { keyOf, type World } from "./world";

const MOST = 20 * 1024 * 1024;

/** What a person does: messages, attachments, steering, folders. */
export const DOING: Handlers = {
  tasks_tell: (world, { path, body }) => {
    const task = the(world, path);
    if (!body.text.trim()) throw new Problem("usage", `${path.project}/${path.task}: message is empty`);
    const isOver = ["completed", "failed", "stopped", "timed_out"].includes(task.status);
    const isPaused = task.status === "paused";
    const now = Boolean(body.now) && !isOver;
    const { msg_id: id = "" } = world.post(path.project, path.task, {
      type: "USER",
      body: body.text,
      links: body.attachments,
      meta: now ? { now: true } : undefined,
    });
    if (isOver) {
      world.change(path.project, path.task, "task.running", { status: "running", ended_at: undefined });
    }
    if (isOver || (now && !isPaused)) receipt(world, path, id ?? "");
    const read = isOver ? "follow_up" : isPaused ? "on_resume" : now ? "now" : "next_turn";
    return { project: path.project, task: path.task, msg_id: id ?? "", read };
  },
  tasks_attach: async (world, { path, query, body }) => {
    the(world, path);
    if (body.size > MOST) throw new Problem("too_large", "the body is larger than 20 MiB");
    const url = `ATTACH-${world.id()}-${query.name.replace(/[^\w.-]+/g, "-")}`;
    world.append(`${path.project}/${path.task}/${url}`, new Uint8Array(await body.arrayBuffer()));
    return { url, label: query.name, kind: "attachment" };
  },
  messages_post_to_task: (world, { path, body }) => {
    the(world, path);
    const { run: _run, sync: _sync, type = "INFO", ...rest } = body;
    const posted = world.post(path.project, path.task, {
      ...(rest as Partial<Message>),
      type,
      body: body.body,
    });
    return { msg_id: posted.msg_id ?? "", bus: "TASK-MESSAGE-BUS.md" };
  },
  messages_thread: (world, { path }) => {
    const all = world.messages.get(keyOf(path.project, path.task)) ?? [];
    const items = all.filter(
      ({ msg_id, parents }) => msg_id === path.id || parents?.some((parent) => parent.msg_id === path.id),
    );
    return { items };
  },
  tasks_done: (world, { path }) => {
    the(world, path);
    const ended = { status: "completed" as const, ended_at: world.clock.iso() };
    world.change(path.project, path.task, "task.completed", ended, { question: undefined });
    return { project: path.project, task: path.task, done: true };
  },
  tasks_stop: (world, { path, body }) => {
    const task = the(world, path);
    if (["completed", "failed", "stopped", "timed_out"].includes(task.status)) {
      throw new Problem("conflict", `${path.project}/${path.task}: has ended: ${task.status}`);
    }
    const stop = (project: string, name: string): Schema<"StoppedView"> => {
      const evidence = { found: 3, killed: body?.force ? 3 : 1, left: [] };
      const children = [...world.tasks.values()]
        .filter((each) => each.parent_task === `${project}/${name}` && each.status === "running")
        .map((each) => stop(each.project, each.task));
      const reason = body?.reason ?? undefined;
      const ended = { status: "stopped" as const, ended_at: world.clock.iso(), reason };
      const run = world.runs.get(keyOf(project, name))?.findLast(({ status }) => status === "running");
      const last = run && {
        ...run,
        status: "stopped" as const,
        ended_at: world.clock.iso(),
        exit_signal: 15,
      };
      world.change(project, name, "task.stopped", ended, { stop: evidence, question: undefined }, last);
      return { project, task: name, status: "stopped", evidence, children, notes: [] };
    };
    return stop(path.project, path.task);
  },
  system_folders: (_world, { query = {} }) => {
    const path = query.path ?? "/home/ada";
    if (!path.startsWith("/")) throw new Problem("usage", `${path} is not absolute`, "begin with /");
    const names = FOLDERS[path];
    if (!names) throw new Problem("not_found", `failed to open ${path}: no such file or directory`);
    const items = names.map((name) => ({
      name,
      path: `${path}/${name}`.replace("//", "/"),
      git: isGit(path),
    }));
    const parent = path === "/" ? undefined : path.replace(/\/[^/]*$/, "") || "/";
    return { path, parent, git: isGit(path.replace(/\/[^/]*$/, "")), items, more: false };
  },
};

const FOLDERS: Record<string, string[]> = {
  "/": ["home", "srv", "tmp"],
  "/home": ["ada"],
  "/home/ada": ["Documents", "notes", "src"],
  "/home/ada/Documents": [],
  "/home/ada/notes": [],
  "/home/ada/src": ["design-system", "infra", "webshop"],
  "/home/ada/src/design-system": ["docs", "packages"],
  "/home/ada/src/infra": ["edge", "modules"],
  "/home/ada/src/webshop": ["auth", "migrations", "tests"],
};

const isGit = (parent: string) => parent === "/home/ada/src";

function the(world: World, path: { project: string; task: string }) {
  const task = world.task(path.project, path.task);
  if (!task) throw new Problem("not_found", `${path.project}/${path.task}: no such task`);
  return task;
}

function receipt(world: World, path: { project: string; task: string }, id: string): void {
  const parents = [{ msg_id: id, kind: "receipt" }];
  world.post(path.project, path.task, { type: "INFO", body: "in the prompt of iteration 2", parents });
}
