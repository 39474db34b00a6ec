import type { Schema } from "~/platform/operations";
import type { Problem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { useConfiguration, useResource } from "~/state/hooks";
import type { Access } from "./form";

type Configured = {
  defaults?: { agent?: string; access?: Access };
  agents?: Record<string, { access?: Access }>;
  projects?: Record<string, { agent?: string; access?: Access }>;
};

type Agents = {
  agents: readonly Schema<"AgentView">[];
  /** The one that a task of the project gets which names none; none where that is chosen each time. */
  meant?: string;
  problem?: Problem;
  isLoading: boolean;
};

/** The agents of this machine, and which one the configuration means. */
export function useAgents(project: string): Agents {
  const host = useHost();
  const { data, problem } = useResource("agents", () => host.request("agents_list", {}));
  const { projects } = useConfigured();
  const agents = data?.items ?? [];
  const meant = projects?.[project]?.agent ?? agents.find((agent) => agent.default)?.agent;
  return { agents, meant, problem: data ? undefined : problem, isLoading: !data && !problem };
}

/** What a task may do that does not say it. */
export function useUsualAccess(project: string, agent: string | undefined): Access | undefined {
  const host = useHost();
  const { data } = useResource("agents", () => host.request("agents_list", {}));
  const { agents, projects, defaults } = useConfigured();
  const told = agent && agents?.[agent]?.access;
  const listed = data?.items.find((each) => each.agent === agent)?.access;
  return (told || projects?.[project]?.access) ?? listed ?? defaults?.access;
}

function useConfigured(): Configured {
  const { data } = useConfiguration();
  return (data?.config ?? {}) as Configured;
}
