import { Button, ErrorState, Skeleton, WithCommands } from "~/look";
import { useApp, useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { sentence } from "~/words";
import { settings } from "~/words/en.settings";
import { HealthWord, Row, Rows } from "./Row";

const words = settings.agents;

/** What `run-agent doctor` finds, what is to be mended first. */
export function Machine() {
  const { resources } = useApp();
  const { data, problem, isLoading } = useFindings();
  const again = () => resources.invalidate("doctor");
  if (problem && !data) return <ErrorState small problem={problem} retry={again} />;
  if (!data) return <Skeleton />;
  const order = ["problem", "note", "good"];
  const items = data.items.toSorted((a, b) => order.indexOf(a.health) - order.indexOf(b.health));
  const look = (
    <Button small kind="quiet" pending={isLoading} onClick={again}>
      {words.again}
    </Button>
  );
  return (
    <Rows title={words.machine} action={look}>
      {items.map(({ what, health, text, hint }) => (
        <Row
          key={`${what}:${text}`}
          health={health}
          title={sentence(what)}
          hint={
            <>
              <WithCommands text={text} />
              {hint && (
                <div>
                  <WithCommands text={hint} />
                </div>
              )}
            </>
          }
        >
          <HealthWord health={health}>{words.health[health]}</HealthWord>
        </Row>
      ))}
    </Rows>
  );
}

export function useFindings() {
  const host = useHost();
  return useResource("doctor", () => host.request("system_doctor", {}));
}
