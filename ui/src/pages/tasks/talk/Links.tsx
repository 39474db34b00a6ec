import { Untrusted, visibleText } from "~/look";
import type { Message } from "~/platform/operations";
import { Link, toTask } from "~/route";
import type { TaskRef } from "~/state/keys";
import { isPicture } from "../centre/composer/attachments";
import { Picture } from "./Picture";
import css from "./talk.module.css";

/** What a message refers to: files beside the bus, which open under Files, and addresses, which are inert. */
export function Links({ task, links }: { task: TaskRef; links: Message["links"] }) {
  if (!links || links.length === 0) return null;
  return (
    <div className={css.files}>
      {links.map(({ url, label, kind }) => {
        const name = label ?? url;
        if (kind !== "attachment") return <Address key={url} url={url} label={label} />;
        return (
          <Link
            key={url}
            className={css.file}
            to={toTask(task.project, task.task, "files", { file: url })}
            title={visibleText(name)}
          >
            {isPicture(url) && <Picture task={task} name={url} label={name} />}
            <span className={css.fileName}>
              <Untrusted text={name} />
            </span>
          </Link>
        );
      })}
    </div>
  );
}

function Address({ url, label }: { url: string; label?: string | null }) {
  return (
    <span className={css.file}>
      {label && label !== url && <Untrusted text={label} />}
      <Untrusted text={url} links />
    </span>
  );
}
