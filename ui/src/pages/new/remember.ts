import { useState } from "react";
import { read, write } from "~/state/storage";
import { EMPTY, type Form } from "./form";

/** What is the same for most tasks of a project. */
const KEPT = ["how", "agent", "model", "access"] as const;
const MOST_FOLDERS = 8;

type Kept = Pick<Form, (typeof KEPT)[number]>;
export type Template = { name: string; form: Form };

const place = (project: string, cwd: string) => project || cwd;

/** How tasks of a project, or in a folder, were asked for last. */
export function remembered(project: string, cwd: string): Partial<Kept> {
  return read<Kept>(`new.at.${place(project, cwd)}`) ?? {};
}

/** Remembers how a task was asked for, and where. */
export function remember(form: Form): void {
  const { how, agent, model, access } = form;
  write(`new.at.${place(form.project, form.cwd)}`, { how, agent, model, access });
  write("new.where", { project: form.project, cwd: form.cwd });
  if (form.cwd)
    write("new.folders", [form.cwd, ...folders().filter((each) => each !== form.cwd)].slice(0, MOST_FOLDERS));
}

/** The folders that tasks were asked for in, the latest first. */
export function folders(): string[] {
  return read<string[]>("new.folders") ?? [];
}

export function lastPlace(): Pick<Form, "project" | "cwd"> | undefined {
  return read<Pick<Form, "project" | "cwd">>("new.where");
}

/** Pinned forms, by name. */
export function useTemplates() {
  const [templates, setTemplates] = useState(() => read<Template[]>("templates") ?? []);
  const set = (next: Template[]) => {
    setTemplates(next);
    write("templates", next.length > 0 ? next : undefined);
  };
  return {
    templates: templates.map(({ name, form }) => ({ name, form: { ...EMPTY, ...form } })),
    pin: (name: string, form: Form) =>
      set([...templates.filter((each) => each.name !== name), { name, form }]),
    unpin: (name: string) => set(templates.filter((each) => each.name !== name)),
  };
}
