import { ErrorState, Skeleton } from "~/look";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { en } from "~/words";
import { Row, Rows } from "./Row";

/** The agents that were found here. */
export function Agents() {
  const host = useHost();
  const { data, problem } = useResource("agents", () => host.request("agents_list", {}));
  if (problem && !data) return <ErrorState problem={problem} />;
  if (!data) return <Skeleton />;
  return (
    <Rows>
      {data.items.map((agent) => (
        <Row
          key={agent.agent}
          title={[agent.agent, agent.version, agent.default && `(${en.settings.default})`]
            .filter(Boolean)
            .join(" ")}
          hint={[agent.path, agent.login].filter(Boolean).join(" · ")}
        >
          {en.settings.usable[agent.usable]}
        </Row>
      ))}
    </Rows>
  );
}
