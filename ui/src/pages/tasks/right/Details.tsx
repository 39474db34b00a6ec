import { Boundary, ErrorState, Skeleton } from "~/look";
import { useDetail } from "~/state/hooks";
import type { TaskRef } from "~/state/keys";
import { evidence } from "~/words/en.details";
import css from "./Details.module.css";
import { SLOTS } from "./slots";

/** What is known of the open task beside what it says. */
export function Details({ task }: { task: TaskRef }) {
  const { data, problem } = useDetail(task);
  if (problem && !data) return problem.code === "not_found" ? null : <ErrorState small problem={problem} />;
  if (!data) return <Skeleton lines={5} />;
  return (
    <aside className={css.details} aria-label={evidence.label}>
      {SLOTS.map(({ id, component: Slot }) => (
        <Boundary key={id} name={id}>
          <Slot task={data} />
        </Boundary>
      ))}
    </aside>
  );
}
