import { cx, Icon, IconButton, Untrusted, visibleText } from "~/look";
import type { TaskRef } from "~/state/keys";
import { bytes } from "~/words";
import { write } from "~/words/en.write";
import { Picture } from "../../talk/Picture";
import { type Attached, isPicture } from "./attachments";
import css from "./ComposerBox.module.css";

type Props = { task: TaskRef; items: readonly Attached[]; remove: (id: string) => void };

/** The files that go with what is being written, each with its picture or why it does not go. */
export function Files({ task, items, remove }: Props) {
  if (items.length === 0) return null;
  return (
    <ul className={css.files}>
      {items.map((item) => (
        <li key={item.id} className={cx(css.file, item.error && css.bad)}>
          <span className={css.thumb}>
            <Thumb task={task} item={item} />
          </span>
          <span className={css.fileWords} role={item.error ? "alert" : undefined}>
            <b title={visibleText(item.name)}>
              <Untrusted text={item.name} />
            </b>
            <small>{item.error ?? (item.link ? bytes(item.size) : write.uploading)}</small>
          </span>
          <IconButton
            icon="close"
            label={write.remove(visibleText(item.name))}
            onClick={() => remove(item.id)}
          />
        </li>
      ))}
    </ul>
  );
}

function Thumb({ task, item }: { task: TaskRef; item: Attached }) {
  if (item.picture) return <img src={item.picture} alt="" />;
  if (item.link && isPicture(item.name))
    return <Picture task={task} name={item.link.url} label={item.name} />;
  return <Icon name="copy" />;
}
