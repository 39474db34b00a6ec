import { Button, Copyable, ErrorState, Skeleton, WithCommands } from "~/look";
import type { Schema } from "~/platform/operations";
import { useApp, useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { en } from "~/words";
import { settings } from "~/words/en.settings";
import { Machine } from "./Machine";
import { Block, Groups, type Health, HealthWord, Hint, Row, Rows, Tag } from "./Row";
import css from "./rows.module.css";

const words = settings.agents;
const EXAMPLE = "agents:\n  mine: { type: command, command: [mytool, run] }";

/** The agents that can be named here, those that can be used first, and how the machine stands. */
export function Agents() {
  return (
    <Groups>
      <Found />
      <Machine />
      <Rows title={words.own}>
        <Block>
          <Hint>{words.ownHint}</Hint>
          <Copyable block text={EXAMPLE} />
        </Block>
      </Rows>
    </Groups>
  );
}

function Found() {
  const host = useHost();
  const { resources } = useApp();
  const { data, problem, isLoading } = useResource("agents", () => host.request("agents_list", {}));
  const again = () => resources.invalidate("agents");
  if (problem && !data) return <ErrorState small problem={problem} retry={again} />;
  if (!data) return <Skeleton />;
  const here = data.items.filter(({ usable }) => usable !== "missing").sort(byUse);
  const missing = data.items.filter(({ usable }) => usable === "missing");
  const look = (
    <Button small kind="quiet" pending={isLoading} onClick={again}>
      {words.again}
    </Button>
  );
  return (
    <>
      <Rows title={words.machineAgents} action={look}>
        {here.map((agent) => (
          <AgentRow key={agent.agent} agent={agent} />
        ))}
        {here.length === 0 && <Row title={words.none} />}
      </Rows>
      {missing.length > 0 && (
        <Rows title={words.notHere}>
          {missing.map((agent) => (
            <AgentRow key={agent.agent} agent={agent} />
          ))}
        </Rows>
      )}
    </>
  );
}

const ORDER = ["yes", "unknown", "no_login", "missing"];
const byUse = (a: Schema<"AgentView">, b: Schema<"AgentView">) =>
  Number(b.default) - Number(a.default) || ORDER.indexOf(a.usable) - ORDER.indexOf(b.usable);

const HEALTH: Record<Schema<"Usable">, Health> = {
  yes: "good",
  unknown: "none",
  no_login: "note",
  missing: "none",
};

/** Called over the network: the program that does it is ours and tells nothing. */
const REMOTE: ReadonlySet<Schema<"AgentKind">> = new Set(["perplexity", "xai"]);

function AgentRow({ agent }: { agent: Schema<"AgentView"> }) {
  const health = HEALTH[agent.usable];
  const about = [REMOTE.has(agent.type) ? undefined : agent.path, agent.model, words.access[agent.access]]
    .filter(Boolean)
    .join(" · ");
  return (
    <Row
      health={health}
      title={
        <>
          <b>{agent.agent}</b>
          {agent.version && <span className={css.version}>{agent.version}</span>}
          {agent.default && <Tag>{words.default}</Tag>}
        </>
      }
      hint={
        <>
          {agent.usable !== "missing" && <div>{about}</div>}
          {agent.login && (
            <div>
              <WithCommands text={agent.login} />
            </div>
          )}
        </>
      }
    >
      <HealthWord health={health}>{en.settings.usable[agent.usable]}</HealthWord>
    </Row>
  );
}
