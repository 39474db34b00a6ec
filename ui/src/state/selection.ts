import type { Route } from "~/route";
import { useRoute } from "~/route";
import type { TaskRef } from "./keys";

export function selectedIn(route: Route): TaskRef | undefined {
  if (route.page !== "tasks" || !route.project || !route.task) return undefined;
  return { project: route.project, task: route.task };
}

/** The task that is open: it is in the address and nowhere else. */
export function useSelection(): TaskRef | undefined {
  return selectedIn(useRoute());
}
