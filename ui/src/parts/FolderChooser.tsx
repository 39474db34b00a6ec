import { type KeyboardEvent, useId, useState } from "react";
import { Button, Dialog, EmptyState, ErrorState, IconButton, Input, Skeleton, Untrusted } from "~/look";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { en } from "~/words";
import { folders as words } from "~/words/en.folders";
import css from "./FolderChooser.module.css";

type Props = { from: string | undefined; onChoose: (path: string) => void; onClose: () => void };

/** Goes about the folders of the machine where the agents work. */
export function FolderChooser({ from, onChoose, onClose }: Props) {
  const host = useHost();
  const list = useId();
  const [path, setPath] = useState(from);
  const [hidden, setHidden] = useState(false);
  const [filter, setFilter] = useState("");
  const [at, setAt] = useState(0);
  const { data, problem } = useResource(`folders:${path ?? ""}:${hidden}`, () =>
    host.request("system_folders", { query: { path, hidden } }),
  );
  const sought = filter.startsWith("/") ? "" : filter.toLowerCase();
  const items = (data?.items ?? []).filter(({ name }) => name.toLowerCase().includes(sought));
  const current = items[Math.min(at, items.length - 1)];
  const go = (next: string | null | undefined) => {
    if (!next) return;
    setPath(next);
    setFilter("");
    setAt(0);
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, items.length - 1) + step + items.length) % items.length);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        if (data) onChoose(data.path);
      } else go(filter.startsWith("/") ? filter : current?.path);
    }
    if (filter !== "") return;
    if (event.key === "ArrowRight") go(current?.path);
    if (event.key === "ArrowLeft" || event.key === "Backspace") go(data?.parent);
  };
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      footer={
        <>
          <label className={css.hidden}>
            <input type="checkbox" checked={hidden} onChange={(event) => setHidden(event.target.checked)} />
            {words.hidden}
          </label>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
          <Button
            kind="primary"
            keys="mod+enter"
            disabled={!data}
            onClick={() => data && onChoose(data.path)}
          >
            {words.use}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        <p className={css.here}>
          <IconButton
            icon="back"
            label={words.up}
            disabled={!data?.parent}
            onClick={() => go(data?.parent)}
          />
          <Untrusted text={data?.path ?? path ?? ""} />
          {data?.git && <span className={css.git}>{words.git}</span>}
        </p>
        <Input
          data-autofocus=""
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={current && `${list}-${items.indexOf(current)}`}
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={(event) => {
            setFilter(event.target.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
        <div id={list} role="listbox" aria-label={words.title} className={css.list}>
          {problem && <ErrorState small problem={problem} />}
          {!data && !problem && <Skeleton lines={5} />}
          {data && !problem && items.length === 0 && <EmptyState small title={words.empty} />}
          {!problem &&
            items.map((item, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the keys.
              <div
                key={item.path}
                id={`${list}-${index}`}
                role="option"
                aria-selected={item === current}
                className={css.folder}
                ref={(element) => {
                  if (item === current) element?.scrollIntoView?.({ block: "nearest" });
                }}
                onClick={() => go(item.path)}
              >
                <Untrusted text={item.name} />
                {item.git && <span className={css.git}>{words.git}</span>}
              </div>
            ))}
          {data?.more && <p className={css.git}>{words.more}</p>}
        </div>
      </div>
    </Dialog>
  );
}
