import { createContext } from "react";

/** The folder in which the task's agent works: paths of tools begin there. */
export const WorkFolder = createContext<string | undefined>(undefined);
