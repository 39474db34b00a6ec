import { Button, ErrorState, Skeleton, StateGlyph, WithCommands } from "~/look";
import { Link } from "~/route";
import { useApp } from "~/state/app";
import { useResource } from "~/state/hooks";
import { en } from "~/words";
import { first } from "~/words/en.first";
import css from "./FirstRun.module.css";

const GLYPHS = { yes: "done", unknown: "stopped", no_login: "question", missing: "stopped" } as const;
const ORDER = Object.keys(GLYPHS);

/** The agents of the machine, those first that can be used; the rest says what to do. */
export function FoundAgents() {
  const { host, resources } = useApp();
  const { data, problem, isLoading } = useResource("agents", () => host.request("agents_list", {}));
  const again = () => resources.invalidate("agents");
  if (problem && !data) return <ErrorState small problem={problem} retry={again} />;
  if (!data) return <Skeleton />;
  const agents = data.items.toSorted((a, b) => ORDER.indexOf(a.usable) - ORDER.indexOf(b.usable));
  const isReady = agents.some(({ usable }) => usable === "yes" || usable === "unknown");
  return (
    <section aria-label={first.found} className={css.agents}>
      <div className={css.head}>
        <h2 className={css.label}>{first.found}</h2>
        <Button small kind="quiet" pending={isLoading} onClick={again}>
          {first.again}
        </Button>
        <Link className={css.link} to={{ page: "settings", part: "agents", query: {} }}>
          {first.more}
        </Link>
      </div>
      {!isReady && <p className={css.hint}>{first.noneReady}</p>}
      <ul className={css.list}>
        {agents.map((agent) => (
          <li key={agent.agent} className={css.agent}>
            <StateGlyph glyph={GLYPHS[agent.usable]} />
            <b className={css.name}>{agent.agent}</b>
            <span className={css.about}>
              {agent.version && `${agent.version} · `}
              {agent.login && <WithCommands text={agent.login} />}
            </span>
            <span className={css.word}>{en.settings.usable[agent.usable]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
