import { useMemo } from "react";
import { useConfiguration } from "~/state/hooks";
import type { Form } from "./form";
import { seconds, timeText } from "./times";

/** The limits that hold where none are said, as they would be typed; unknown where the page may not ask. */
export function useUsual(): Partial<Form> | undefined {
  const { data, problem } = useConfiguration();
  return useMemo(() => (data ? usualOf(data.config) : problem && {}), [data, problem]);
}

/** From the configuration in force. */
export function usualOf(config: unknown): Partial<Form> {
  const defaults = ((config as { defaults?: unknown }).defaults ?? {}) as Record<string, unknown>;
  const word = (key: string) => (defaults[key] === undefined ? "" : String(defaults[key]));
  const time = (key: string) => {
    const told = seconds(word(key));
    return told === undefined ? word(key) : timeText(told);
  };
  return {
    restarts: word("max_restarts"),
    failures: word("max_failures"),
    idle: time("idle_timeout"),
    wall: time("wall_time"),
    tokens: word("max_tokens"),
    cost: word("max_cost_usd"),
  };
}
