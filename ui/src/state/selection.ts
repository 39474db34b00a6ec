import type { Route } from "~/route";
import { useRoute } from "~/route";
import { refOf, type TaskRef } from "./keys";

export function selectedIn(route: Route): TaskRef | undefined {
  if (route.page !== "tasks" || !route.project || !route.task) return undefined;
  return { project: route.project, task: route.task };
}

/** The project that is looked at: of the open or the selected task, or the one that is filtered by. */
export function projectIn({ query, ...route }: Route): string | undefined {
  if (route.page === "tasks") return route.project;
  if (route.page === "fleet") return query.at ? refOf(query.at).project : query.find;
  return query.project;
}

/** The task that is open: it is in the address and nowhere else. */
export function useSelection(): TaskRef | undefined {
  return selectedIn(useRoute());
}
