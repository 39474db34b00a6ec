import type { Schema } from "~/platform/operations";
import type { Problem } from "~/platform/problem";
import { seconds } from "./times";

export type NewTask = Schema<"NewTask">;
export type Access = Schema<"Access">;

/** What stands in the fields, as it was typed. Empty: as configured. */
export type Form = {
  how: Schema<"Workflow">;
  prompt: string;
  name: string;
  project: string;
  cwd: string;
  agent: string;
  model: string;
  access: Access | "";
  after: string[];
  onFailure: Schema<"OnDependencyFailure">;
  session: boolean;
  gather: boolean;
  group: string;
  parentRun: string;
  wall: string;
  idle: string;
  restarts: string;
  failures: string;
  tokens: string;
  cost: string;
};

export type FieldName = keyof Form;

export const EMPTY: Form = {
  how: "loop",
  prompt: "",
  name: "",
  project: "",
  cwd: "",
  agent: "",
  model: "",
  access: "",
  after: [],
  onFailure: "fail",
  session: false,
  gather: false,
  group: "",
  parentRun: "",
  wall: "",
  idle: "",
  restarts: "",
  failures: "",
  tokens: "",
  cost: "",
};

/** Fields of turns: one run has none. */
export const OF_TURNS: readonly FieldName[] = ["session", "gather", "restarts", "failures"];

/** Fields behind "Limits and more". */
export const MORE: readonly FieldName[] = [
  "wall",
  "cost",
  "tokens",
  "idle",
  "restarts",
  "failures",
  "name",
  "group",
  "session",
  "gather",
  "parentRun",
];

/** The form as it counts: without what one run has not. */
export function counting(form: Form): Form {
  if (form.how === "loop") return form;
  return { ...form, session: false, gather: false, restarts: "", failures: "" };
}

/** What is asked of the core. A number that is none goes as it is: the core says what is wrong with it. */
export function toRequest(given: Form): NewTask {
  const form = counting(given);
  const number = (text: string) => (text.trim() === "" ? undefined : Number(text.trim().replace(",", ".")));
  const time = (text: string) => (text.trim() === "" ? undefined : seconds(text));
  const word = (text: string) => text.trim() || undefined;
  const limits = {
    max_restarts: number(form.restarts),
    max_failures: number(form.failures),
    idle_seconds: time(form.idle),
    wall_seconds: time(form.wall),
    tokens: number(form.tokens),
    cost_usd: number(form.cost),
  };
  return {
    prompt: form.prompt,
    workflow: form.how,
    task: word(form.name),
    project: word(form.project),
    cwd: word(form.cwd),
    agent: word(form.agent),
    model: word(form.model),
    access: form.access || undefined,
    depends_on: form.after.length > 0 ? form.after : undefined,
    on_dependency_failure: form.after.length > 0 ? form.onFailure : undefined,
    group: word(form.group),
    parent_run: word(form.parentRun),
    continuation: form.session ? "session" : undefined,
    gather: form.gather || undefined,
    limits: Object.values(limits).some((value) => value !== undefined) ? limits : undefined,
  } as NewTask;
}

/** Fields whose text is no number or time at all: what they were typed as does not reach the core. */
export function unreadable(given: Form): FieldName[] {
  const form = counting(given);
  const noTime = (["wall", "idle"] as const).filter(
    (name) => form[name] && seconds(form[name]) === undefined,
  );
  const noNumber = (["restarts", "failures", "tokens", "cost"] as const).filter(
    (name) => form[name] && !/^\s*-?\d+([.,]\d+)?\s*$/.test(form[name]),
  );
  return [...noTime, ...noNumber];
}

const OF_KEY: Record<string, FieldName> = {
  max_restarts: "restarts",
  max_failures: "failures",
  idle_seconds: "idle",
  wall_seconds: "wall",
  tokens: "tokens",
  cost_usd: "cost",
  prompt: "prompt",
  task: "name",
  project: "project",
  cwd: "cwd",
  agent: "agent",
  model: "model",
  access: "access",
  depends_on: "after",
  group: "group",
  parent_run: "parentRun",
};

const OF_WORDS: [RegExp, FieldName][] = [
  [/^the prompt\b|nothing is said about what to do/, "prompt"],
  [/^failed to work in |is not absolute|is no folder/, "cwd"],
  [/^unknown agent|^agent \S+ cannot be used|none of them is installed/, "agent"],
  [/dependency "|depends on this task itself/, "after"],
  [/is no name of a task|exists already|^task "/, "name"],
  [/^project "|^project \S+ exists/, "project"],
  [/could be its parent|would be \d+ tasks below/, "parentRun"],
  [/\bmodel\b/, "model"],
];

/** The field that a refusal is about, told by the name that it gives or its words; none where it is about all. */
export function fieldOf({ message }: Problem): FieldName | undefined {
  const key = /(?:^|: )(?:limits\.)?([a-z_]+)(?: is |: )/.exec(message)?.[1];
  if (key && OF_KEY[key] && (message.includes(`limits.${key}`) || message.includes("deserialize"))) {
    return OF_KEY[key];
  }
  return OF_WORDS.find(([pattern]) => pattern.test(message))?.[1];
}
