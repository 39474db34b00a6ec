import { EmptyState, ErrorState, Relative, Skeleton, Untrusted } from "~/look";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { bytes, en } from "~/words";
import type { TabProps } from "../centre/tabs";
import css from "./Files.module.css";

/** The task's own files. */
export default function Files({ task }: TabProps) {
  const host = useHost();
  const path = { project: task.project, task: task.task };
  const { data, problem } = useResource(
    `${keyOf(task)}:files`,
    () => host.request("tasks_files", { path }),
    task,
  );
  if (problem && !data) return <ErrorState problem={problem} />;
  if (!data) return <Skeleton lines={4} />;
  if (data.items.length === 0) return <EmptyState title={en.reading.files.none} />;
  return (
    <ul className={css.list}>
      {data.items.map((file) => (
        <li key={file.name} className={css.file}>
          <span className={css.name}>
            <Untrusted text={file.name} />
          </span>
          <span className={css.note}>{bytes(file.bytes)}</span>
          <span className={css.note}>
            <Relative at={file.modified_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
