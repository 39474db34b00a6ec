import { useEffect, useState } from "react";
import { pictureType, useObjectUrl } from "~/look/picture";
import { useHost } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { en } from "~/words";
import css from "./talk.module.css";

/** A picture beside a task's bus. */
export function Picture({ task, name, label }: { task: TaskRef; name: string; label: string }) {
  const host = useHost();
  const { project, task: id } = task;
  const [bytes, setBytes] = useState<Uint8Array>();
  const [isGone, setGone] = useState(false);
  const url = useObjectUrl(bytes, pictureType(name));
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    host.file("tasks_file", { path: { project, task: id, name }, signal }).then(
      (part) => setBytes(part.bytes),
      () => signal.aborted || setGone(true),
    );
    return () => control.abort();
  }, [host, project, id, name]);
  if (isGone) return <span className={css.gone}>{`${label} ${en.doing.talk.unavailable}`}</span>;
  if (!url) return <span className={css.loading} />;
  return <img className={css.picture} src={url} alt={label} onError={() => setGone(true)} />;
}
