import { Elapsed, Section, State } from "~/look";
import { Link, toTask } from "~/route";
import { en } from "~/words";
import type { SlotProps } from "../slots";
import css from "./Runs.module.css";

/** Its runs, the latest first. */
export function Runs({ task }: SlotProps) {
  if (task.run_list.length === 0) return null;
  return (
    <Section title={en.evidence.runs} note={task.run_list.length} folds="runs" isOpen={false}>
      <ul>
        {task.run_list.toReversed().map((run) => (
          <li key={run.run}>
            <Link className={css.run} to={toTask(task.project, task.task, undefined, { run: run.run })}>
              <State status={run.status} />
              <span className={css.name}>{run.iteration ? en.tree.run(run.iteration) : run.kind}</span>
              <span className={css.note}>
                {run.agent}
                {run.started_at && " · "}
                {run.started_at && <Elapsed from={run.started_at} to={run.ended_at} />}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
