import type { Action } from "./action";
import { PAGES } from "./pages";
import { BULK, TASK } from "./tasks";

/** All actions that always hold. What a page adds while it is shown, it gives to `useActions`. */
export const ACTIONS: Action[] = [...PAGES, ...TASK, ...BULK];
