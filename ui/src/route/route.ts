/** A page of the dashboard with all that its address tells. */
export type Route =
  | { page: "tasks"; project?: string; task?: string; tab?: string; query: Query }
  | { page: "fleet"; query: Query }
  | { page: "settings"; part?: string; query: Query }
  | { page: "new"; query: Query }
  | { page: "unknown"; path: string; query: Query };

/**
 * `show` filters by a count of the strip; `run` chooses a run; `from` names the task that is duplicated, `project` where a
 * new one is meant to be.
 */
export type Query = Partial<
  Record<"show" | "run" | "from" | "project" | "file" | "line" | "find" | "at", string>
>;

export function parse(address: string): Route {
  const url = new URL(address, "http://page");
  const query = Object.fromEntries(url.searchParams) as Query;
  const parts = url.pathname.split("/").filter(Boolean).map(decoded);
  const [page, first, second, third] = parts;
  if (page === undefined) return { page: "tasks", query };
  if (page === "tasks") return { page, project: first, task: second, tab: third, query };
  if (page === "settings") return { page, part: first, query };
  if (page === "fleet" || page === "new") return { page, query };
  return { page: "unknown", path: url.pathname, query };
}

export function print(route: Route): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(route.query)) if (value) query.set(name, value);
  return pathOf(route) + (query.size > 0 ? `?${query}` : "");
}

function pathOf(route: Route): string {
  if (route.page === "unknown") return route.path;
  const parts: (string | undefined)[] = [route.page];
  if (route.page === "tasks") parts.push(route.project, route.task, route.tab);
  if (route.page === "settings") parts.push(route.part);
  return `/${parts
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const toTask = (project: string, task: string, tab?: string, query: Query = {}): Route => ({
  page: "tasks",
  project,
  task,
  tab,
  query,
});
