import { Section, State } from "~/look";
import { Link, toTask } from "~/route";
import { statusWord, taskName } from "~/words";
import { details } from "~/words/en.details";
import type { SlotProps } from "../slots";
import css from "./Runs.module.css";

/** The tasks that its runs started. */
export function Children({ task: { children } }: SlotProps) {
  if (children.length === 0) return null;
  return (
    <Section title={details.children} note={children.length}>
      <ul>
        {children.map(({ project, task, status }) => (
          <li key={`${project}/${task}`}>
            <Link className={css.run} to={toTask(project, task)}>
              <State status={status} />
              <span className={css.name}>{taskName(task)}</span>
              <span className={css.note}>{statusWord(status)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
