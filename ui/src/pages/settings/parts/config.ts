import type { Schema } from "~/platform/operations";
import { en, money, tokens } from "~/words";
import { settings } from "~/words/en.settings";

export type Settings = Schema<"SettingsView">;

/** A value in force. `place`: "file:line:column" or a variable; absent: it is built in. */
export type Setting = { key: string; value: string; place?: string };

/** Every value, by its dotted key; a list is one value. */
export function settingsOf({ config, origins }: Settings): Setting[] {
  const found: Setting[] = [];
  const visit = (value: unknown, key: string) => {
    if (value === null || value === undefined) return;
    if (typeof value === "object" && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) visit(inner, key ? `${key}.${name}` : name);
    } else found.push({ key, value: text(value), place: origins[key] });
  };
  visit(config, "");
  return found;
}

/** What is set at a key or below it. */
export function ownOf(all: Settings, key: string): Setting[] {
  return settingsOf(all).filter((setting) => setting.key === key || setting.key.startsWith(`${key}.`));
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(", ") : String(value);
}

/** A place as a file and a line; none where it is a variable or a flag. */
export function fileOf(place: string | undefined): { path: string; line: number } | undefined {
  const found = /^(.+?):(\d+)(?::\d+)?$/.exec(place ?? "");
  return found?.[1] ? { path: found[1], line: Number(found[2]) } : undefined;
}

/** The files that values came from, the one with the most first. */
export function filesOf({ origins }: Settings): string[] {
  const times = new Map<string, number>();
  for (const place of Object.values(origins)) {
    const path = fileOf(place)?.path;
    if (path) times.set(path, (times.get(path) ?? 0) + 1);
  }
  return [...times].sort(([, a], [, b]) => b - a).map(([path]) => path);
}

/** A value in a person's words: "may edit here", "$5.00", "15 min". */
export function valueWords(key: string, value: string): string {
  const name = key.split(".").at(-1);
  if (name === "access") return en.task.access[value as keyof typeof en.task.access] ?? value;
  if (name === "max_cost_usd") return money(Number(value));
  if (name === "max_tokens") return tokens(Number(value));
  if (name === "battery_floor") return settings.limits.percent(value);
  if (name === "keep_awake") return settings.limits.said[value] ?? value;
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(value) ?? [];
  const words = { s: en.time.seconds, m: en.time.minutes, h: en.time.hours, d: en.time.days };
  return unit ? words[unit as keyof typeof words](Number(amount)) : value;
}

/** A dotted key with a value as YAML. */
export function yaml(key: string, value: string): string {
  return key
    .split(".")
    .map((name, depth, all) => `${"  ".repeat(depth)}${name}:${depth === all.length - 1 ? ` ${value}` : ""}`)
    .join("\n");
}

export function variable(key: string): string {
  return `CONDUCTOR_${key.toUpperCase().replace(/[-.]/g, "_")}`;
}
