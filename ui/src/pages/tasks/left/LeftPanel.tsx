import { useDeferredValue, useRef, useState } from "react";
import { useActions, useKeyOf } from "~/actions";
import { EmptyState, ErrorState, Icon, IconButton, Keys, Skeleton } from "~/look";
import { NARROW, useMedia } from "~/look/media";
import { navigate, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { BUCKETS, type Bucket } from "~/state/counts";
import { useReadable, useSelected } from "~/state/store";
import { en } from "~/words";
import { Welcome } from "../centre/Welcome";
import css from "./LeftPanel.module.css";
import { NeedsYou } from "./NeedsYou";
import { Tree } from "./Tree";

/** Who needs a person, then all tasks. */
export function LeftPanel() {
  const [filter, setFilter] = useState("");
  const deferred = useDeferredValue(filter);
  const hasTasks = useSelected(
    useApp().tasks.value,
    ({ phase, byKey }) => phase !== "ready" || byKey.size > 0,
  );
  return (
    <div className={css.panel}>
      {hasTasks && <Filter text={filter} onText={setFilter} />}
      <NeedsYou />
      <Body filter={deferred} clear={() => setFilter("")} />
    </div>
  );
}

function Body({ filter, clear }: { filter: string; clear: () => void }) {
  const app = useApp();
  const { phase, problem, byKey } = useReadable(app.tasks.value);
  const isNarrow = useMedia(NARROW);
  if (phase === "loading") return <Skeleton lines={8} />;
  if (phase === "failed" && problem)
    return <ErrorState problem={problem} retry={() => void app.journal.start()} />;
  // In a wide window the centre says what to do.
  if (byKey.size === 0) return isNarrow ? <Welcome /> : <Nothing />;
  return <Tree filter={filter} clear={clear} />;
}

function Nothing() {
  return (
    <EmptyState small title={en.tree.none}>
      {en.tree.noneHint}
    </EmptyState>
  );
}

function Filter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const route = useRoute();
  const show = BUCKETS.find((bucket) => bucket === route.query.show);
  const key = useKeyOf("list.filter");
  useActions([{ id: "list.filter", run: () => input.current?.focus() }]);
  const clear = () => {
    onText("");
    if (show) navigate({ ...route, query: { ...route.query, show: undefined } });
  };
  return (
    <div className={css.filter}>
      <Icon name="search" />
      {show && <span className={css.only}>{wordOf(show)}</span>}
      <input
        ref={input}
        className={css.input}
        aria-label={en.tree.filter}
        placeholder={show ? "" : en.tree.filter}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          clear();
          input.current?.blur();
        }}
      />
      {text || show ? (
        <IconButton icon="close" label={en.tree.clear} onClick={clear} />
      ) : (
        key && <Keys keys={key} />
      )}
    </div>
  );
}

function wordOf(bucket: Bucket): string {
  const word = en.strip[bucket];
  return typeof word === "string" ? word : word(2);
}
