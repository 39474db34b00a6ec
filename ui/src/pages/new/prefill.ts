import type { Host } from "~/platform/host";
import type { TaskDetail } from "~/platform/operations";
import type { TaskRef } from "~/state/keys";
import { EMPTY, type Form } from "./form";
import { timeText } from "./times";

/** The form that would make a task like another one: from what was asked, as far as it is told. */
export async function formOf(host: Host, { project, task }: TaskRef): Promise<Form> {
  const path = { project, task };
  const [detail, prompt, spec] = await Promise.all([
    host.request("tasks_show", { path }),
    text(host, path, "TASK.md"),
    text(host, path, "task.yaml").catch(() => ""),
  ]);
  return { ...EMPTY, ...ofDetail(detail), ...ofSpec(spec), prompt: prompt.replace(/\n$/, "") };
}

function ofDetail(task: TaskDetail): Partial<Form> {
  return {
    how: task.workflow,
    project: task.project,
    cwd: task.cwd,
    agent: task.agent ?? "",
    model: task.model ?? "",
    access: task.access ?? "",
    after: task.depends_on,
  };
}

/** What only `task.yaml` tells. Its keys stand at the margin, limits one step in: docs/formats.md. */
export function ofSpec(yaml: string): Partial<Form> {
  const value = (key: string) => new RegExp(`^${key}: *(.+)$`, "m").exec(yaml)?.[1]?.trim();
  const limit = (key: string) => new RegExp(`^ +${key}: *(.+)$`, "m").exec(yaml)?.[1]?.trim() ?? "";
  const time = (key: string) => (/^\d+$/.test(limit(key)) ? timeText(Number(limit(key))) : "");
  const form: Partial<Form> = {};
  const agent = value("agent");
  if (yaml.includes("task_id:")) {
    form.session = value("continuation") === "session";
    form.gather = value("gather") === "true";
    form.group = value("group")?.replace(/^["'](.*)["']$/, "$1") ?? "";
    form.restarts = limit("max_restarts");
    form.failures = limit("max_failures");
    form.tokens = limit("tokens");
    form.cost = limit("cost_usd");
    form.idle = time("idle_seconds");
    form.wall = time("wall_seconds");
    // Without one, the configuration chose it: it chooses again.
    if (agent === undefined) form.agent = "";
  }
  const failure = value("on_dependency_failure");
  if (failure === "wait" || failure === "ignore") form.onFailure = failure;
  return form;
}

/** Leaves the limits out that are the configured ones. */
export function withoutUsual(form: Form, usual: Partial<Form>): Form {
  const next = { ...form };
  for (const name of ["restarts", "failures", "idle", "wall", "tokens", "cost"] as const) {
    if (next[name] === usual[name]) next[name] = "";
  }
  return next;
}

async function text(host: Host, path: { project: string; task: string }, name: string): Promise<string> {
  const { bytes } = await host.file("tasks_file", { path: { ...path, name } });
  return new TextDecoder().decode(bytes);
}
