import { useState } from "react";
import { Button, EmptyState, ErrorState, Input, Skeleton, Untrusted } from "~/look";
import type { Schema } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useReadable } from "~/state/store";
import { en } from "~/words";
import { make as words } from "~/words/en.make";
import type { FieldProps } from "../field";
import { useAgents } from "../settings";
import { Part } from "./Part";
import css from "./parts.module.css";

/** Which agent: what is found here, with its version, its login and its model. */
export function Agents({ form, patch, errors }: FieldProps) {
  const { agents, meant, problem, isLoading } = useAgents(form.project);
  const here = agents.filter(({ usable }) => usable !== "missing");
  const missing = agents.filter(({ usable }) => usable === "missing").map(({ agent }) => agent);
  const chosen = form.agent || meant;
  return (
    <Part label={words.agent} error={errors.agent ?? errors.model}>
      {problem && <ErrorState small problem={problem} />}
      {isLoading && <Skeleton lines={2} />}
      {!isLoading && !problem && here.length === 0 && (
        <EmptyState small title={words.noAgents}>
          {words.noAgentsHint}
        </EmptyState>
      )}
      <div className={css.agents}>
        {here.map((agent) => (
          <AgentRow
            key={agent.agent}
            agent={agent}
            isChosen={agent.agent === chosen}
            isMeant={form.agent === "" && agent.agent === meant}
            model={form.model}
            choose={() => patch({ agent: agent.agent, model: "" })}
            setModel={(model) => patch({ model })}
          />
        ))}
      </div>
      {missing.length > 0 && <p className={css.hint}>{words.missing(missing.join(", "))}</p>}
    </Part>
  );
}

type RowProps = {
  agent: Schema<"AgentView">;
  isChosen: boolean;
  /** It is the one that the configuration chooses. */
  isMeant: boolean;
  model: string;
  choose: () => void;
  setModel: (model: string) => void;
};

function AgentRow({ agent, isChosen, isMeant, model, choose, setModel }: RowProps) {
  const { byKey } = useReadable(useApp().tasks.value);
  const [isHelped, setHelped] = useState(false);
  const atWork = [...byKey.values()].filter(
    (task) => task.agent === agent.agent && task.status === "running",
  );
  const hasLogin = agent.usable !== "no_login";
  const facts = [agent.version, hasLogin ? agent.login : en.settings.usable.no_login];
  return (
    <label className={css.agent}>
      <input type="radio" name="agent" checked={isChosen} onChange={choose} />
      <span className={css.agentName}>{agent.agent}</span>
      <span className={css.agentFacts}>
        <Untrusted text={facts.filter(Boolean).join(" · ")} />
      </span>
      {isMeant && <span className={css.agentNote}>{words.asConfigured}</span>}
      {atWork.length > 0 && <span className={css.agentNote}>{words.atWork(atWork.length)}</span>}
      {isChosen && hasLogin && (
        <span className={css.model}>
          <Input
            aria-label={words.model}
            title={words.modelHint}
            placeholder={agent.model ?? words.model}
            value={model}
            onChange={(event) => setModel(event.target.value)}
          />
        </span>
      )}
      {!hasLogin && agent.login && (
        <Button small kind="quiet" aria-expanded={isHelped} onClick={() => setHelped(!isHelped)}>
          {words.loginHelp}
        </Button>
      )}
      {!hasLogin && agent.login && (isHelped || isChosen) && (
        <span className={css.login}>
          <Untrusted text={agent.login} links />
        </span>
      )}
    </label>
  );
}
