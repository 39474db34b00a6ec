import type { RunView, Schema, TaskView } from "../../operations";
import type { World } from "../world";

/** The agents of a machine on which three are installed, one without a login. */
export function agents(world: World): void {
  const agent = (name: "claude" | "codex" | "gemini", rest: Partial<Schema<"AgentView">>) =>
    world.agents.push({ agent: name, type: name, usable: "yes", access: "edit", default: false, ...rest });
  agent("claude", {
    version: "2.1.4",
    path: "/usr/local/bin/claude",
    login: "by its own login",
    default: true,
  });
  agent("codex", { version: "0.42.0", path: "/usr/local/bin/codex", login: "OPENAI_API_KEY" });
  agent("gemini", {
    version: "0.9.1",
    path: "/usr/local/bin/gemini",
    usable: "no_login",
    login: "run `gemini` once",
  });
}

/** A task that began so many minutes ago. */
export function task(
  world: World,
  project: string,
  slug: string,
  minutes: number,
  rest: Partial<TaskView> & Pick<TaskView, "status" | "title">,
): TaskView {
  const began = world.clock.iso(-minutes);
  const stamp = began.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return {
    project,
    task: `task-${stamp}-${slug}`,
    agent: "claude",
    access: "edit",
    workflow: "loop",
    iteration: 1,
    runs: 1,
    created_at: began,
    started_at: began,
    updated_at: began,
    keeps_awake: rest.status === "running" || undefined,
    ...rest,
  };
}

export function run(world: World, of: TaskView, from: number, rest: Partial<RunView> = {}): RunView {
  return {
    project: of.project,
    task: of.task,
    run: world.id(),
    status: "running",
    owned: true,
    kind: "agent",
    agent: of.agent ?? "claude",
    started_at: world.clock.iso(-from),
    exit_code: rest.status === "completed" ? 0 : undefined,
    ...rest,
  };
}
