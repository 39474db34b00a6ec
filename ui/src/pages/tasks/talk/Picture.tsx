import { useEffect, useState } from "react";
import { useHost } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { en } from "~/words";
import css from "./talk.module.css";

const TYPES: Record<string, string> = { jpg: "image/jpeg", jpeg: "image/jpeg" };

/** A picture beside a task's bus. It is drawn as what its name says, whatever is in it. */
export function Picture({ task, name, label }: { task: TaskRef; name: string; label: string }) {
  const host = useHost();
  const { project, task: id } = task;
  const [url, setUrl] = useState<string>();
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let isOver = false;
    host
      .file("tasks_file", { path: { project, task: id, name } })
      .then(({ bytes }) => {
        if (isOver) return;
        made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: typeOf(name) }));
        setUrl(made);
      })
      .catch(() => setGone(true));
    return () => {
      isOver = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [host, project, id, name]);
  if (isGone) return <span className={css.gone}>{`${label} ${en.doing.talk.unavailable}`}</span>;
  if (!url) return <span className={css.loading} />;
  return <img className={css.picture} src={url} alt={label} onError={() => setGone(true)} />;
}

function typeOf(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return TYPES[ending] ?? `image/${ending}`;
}
