import { Copyable, EmptyState, ErrorState, Skeleton, Untrusted } from "~/look";
import { useApp, useHost } from "~/state/app";
import { useConfiguration, useMayChange, useResource } from "~/state/hooks";
import { count, folder } from "~/words";
import { settings } from "~/words/en.settings";
import { ownOf, valueWords } from "./config";
import { Block, Groups, Hint, Row, Rows, Value } from "./Row";

const words = settings.projects;

/** The projects of the root, with what is set for each. */
export function Projects() {
  const host = useHost();
  const { resources } = useApp();
  const mayChange = useMayChange();
  const { data, problem } = useResource("projects", () => host.request("projects_list", {}));
  if (problem && !data)
    return <ErrorState problem={problem} retry={() => resources.invalidate("projects")} />;
  if (!data) return <Skeleton />;
  return (
    <Groups>
      {data.items.length === 0 ? (
        <Rows>
          <EmptyState small title={words.none}>
            {words.noneHint}
          </EmptyState>
        </Rows>
      ) : (
        <Rows>
          {data.items.map(({ project, source, tasks, damaged }) => (
            <Row
              key={project}
              title={<Untrusted text={project} />}
              hint={
                <>
                  <Untrusted text={source ? folder(source) : words.unknownFolder} />
                  {mayChange && <Own project={project} />}
                </>
              }
              problem={damaged ?? undefined}
            >
              <Value>{words.tasks(count(tasks), tasks === 1)}</Value>
            </Row>
          ))}
        </Rows>
      )}
      {mayChange && (
        <Rows title={settings.from.how}>
          <Block>
            <Hint>{words.config}</Hint>
            <Copyable
              block
              text={`projects:\n  ${data.items[0]?.project ?? "webshop"}: { agent: claude, access: edit }`}
            />
          </Block>
        </Rows>
      )}
    </Groups>
  );
}

function Own({ project }: { project: string }) {
  const { data } = useConfiguration();
  const own = data && ownOf(data, `projects.${project}`);
  if (!own?.length) return null;
  return <div>{words.own(own.map(({ key, value }) => valueWords(key, value)).join(", "))}</div>;
}
