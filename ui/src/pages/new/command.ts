import { counting, type Form } from "./form";

/** A word as a shell reads it back. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command that makes the same task: what a person would type, or keep in a script. */
export function commandLine(given: Form): string {
  const form = counting(given);
  const words: string[] = ["run-agent", form.how === "once" ? "job" : "task"];
  const option = (name: string, value: string) => {
    if (value.trim() !== "") words.push(`--${name}`, quote(value.trim()));
  };
  option("project", form.project);
  option("cwd", form.cwd);
  option("agent", form.agent);
  option("model", form.model);
  option("access", form.access);
  option("task", form.name);
  for (const name of form.after) option("depends-on", name);
  if (form.after.length > 0 && form.onFailure !== "fail") option("on-dependency-failure", form.onFailure);
  option("group", form.group);
  option("parent-run-id", form.parentRun);
  if (form.session) words.push("--continue-session");
  if (form.gather) words.push("--gather");
  option("timeout", form.idle.replace(/\s+/g, ""));
  option("wall-time", form.wall.replace(/\s+/g, ""));
  option("max-restarts", form.restarts);
  option("max-failures", form.failures);
  option("max-tokens", form.tokens);
  option("max-cost", form.cost.replace(",", "."));
  words.push("--detach");
  // What begins with a dash would be taken for an option, and a dash alone for the standard input.
  if (form.prompt.startsWith("-")) words.push("--");
  words.push(form.prompt.trim() === "" ? "'…'" : quote(form.prompt));
  return words.join(" ");
}
