import { Elapsed, Section, State, Untrusted } from "~/look";
import type { RunView } from "~/platform/operations";
import { Link, toTask } from "~/route";
import { stillSince } from "~/state/runs";
import { en, money, statusWord } from "~/words";
import { details, evidence } from "~/words/en.details";
import type { SlotProps } from "../slots";
import css from "./Runs.module.css";

/** Its runs, the latest first: how each ended, and by what that is known. */
export function Runs({ task }: SlotProps) {
  const still = stillSince(task);
  if (task.run_list.length === 0) return null;
  return (
    <Section title={evidence.runs} note={task.run_list.length} folds="runs" isOpen={false}>
      <ul>
        {task.run_list.toReversed().map((run) => (
          <li key={run.run}>
            <Link
              className={css.run}
              to={toTask(task.project, task.task, undefined, { run: run.run })}
              title={run.run}
            >
              <State status={still && run.status === "running" ? task.status : run.status} />
              <span className={css.name}>{run.iteration ? en.tree.run(run.iteration) : run.kind}</span>
              <span className={css.note}>
                {run.agent}
                {run.cost_usd != null && ` · ${money(run.cost_usd)}`}
                {run.started_at && " · "}
                {run.started_at && <Elapsed from={run.started_at} to={run.ended_at ?? still} />}
              </span>
            </Link>
            <p className={css.end}>{endOf(run)}</p>
            {run.error && (
              <p className={css.end}>
                <Untrusted text={run.error} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** "completed · exit 0 · it said that it is done". */
export function endOf(run: RunView): string {
  return [statusWord(run.status), exitOf(run), run.end_reason && details.ends[run.end_reason]]
    .filter(Boolean)
    .join(" · ");
}

function exitOf(run: RunView): string | undefined {
  if (run.exit_code != null) return details.exit(run.exit_code);
  if (run.exit_signal != null) return details.signal(run.exit_signal);
  if (run.status === "running") return run.owned === false ? details.ownerless : undefined;
  return details.nobodySaw;
}
