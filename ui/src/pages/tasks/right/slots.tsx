import type { ComponentType } from "react";
import type { TaskDetail } from "~/platform/operations";
import { Changes } from "./slots/Changes";
import { Children } from "./slots/Children";
import { Evidence } from "./slots/Evidence";
import { Messages } from "./slots/Messages";
import { Runs } from "./slots/Runs";
import { Spend } from "./slots/Spend";

export type SlotProps = { task: TaskDetail };

/**
 * The parts of the details, in their order: what a person wants first, then the evidence. Each draws a `Section`,
 * or nothing where it has nothing to say.
 */
export const SLOTS: readonly { id: string; component: ComponentType<SlotProps> }[] = [
  { id: "changes", component: Changes },
  { id: "spend", component: Spend },
  { id: "children", component: Children },
  { id: "messages", component: Messages },
  { id: "runs", component: Runs },
  { id: "evidence", component: Evidence },
];
