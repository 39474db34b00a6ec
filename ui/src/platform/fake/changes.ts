import type { Schema } from "../operations";
import { Problem } from "../problem";
import type { Handlers } from "./handlers";
import { keyOf, type World } from "./world";

const ENDED = new Set(["completed", "failed", "stopped", "timed_out"]);

const NOT_RECORDED = {
  code: "not_recorded",
  message:
    "it was not recorded how the folder was: it was in no git repository then, or the task is of an earlier version",
};

/** What tasks changed in their folders. */
export const CHANGES: Handlers = {
  tasks_changes: (world, { path }) => changesOf(world, path),
  tasks_patch: (world, { path, query = {} }) => {
    const { unavailable } = changesOf(world, path);
    if (unavailable) {
      throw new Problem("conflict", `task ${path.task}: no changes can be shown: ${unavailable.message}`);
    }
    const name = query.path ?? "";
    const told = world.changes.get(keyOf(path.project, path.task))?.patch?.(name, query.context ?? 3);
    if (!told) throw new Problem("not_found", `nothing changed at "${name}"`);
    return told;
  },
};

type Path = { project: string; task: string };

function changesOf(world: World, { project, task }: Path): Schema<"ChangesView"> {
  const there = world.task(project, task);
  if (!there) throw new Problem("not_found", `${project}/${task}: no such task`);
  const { view } = world.changes.get(keyOf(project, task)) ?? { view: { unavailable: NOT_RECORDED } };
  return {
    project,
    task,
    has_ended: ENDED.has(there.status),
    commits: [],
    more_commits: false,
    files: [],
    more_files: 0,
    totals: { files: 0, added: 0, removed: 0 },
    left_out: [],
    ...view,
  };
}
