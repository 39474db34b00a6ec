import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useActions } from "~/actions";
import { announce, Button, EmptyState, ErrorState, IconButton, Skeleton } from "~/look";
import { copy } from "~/look/copy";
import { rangesOf, useHighlight } from "~/look/highlight";
import { LongList, type LongListHandle, type Seen } from "~/look/LongList";
import { NARROW, useMedia } from "~/look/media";
import type { RunView } from "~/platform/operations";
import { useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useDetail, useTask } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { stillSince } from "~/state/runs";
import { useReadable } from "~/state/store";
import { en } from "~/words";
import { reading } from "~/words/en.reading";
import type { TabProps } from "../centre/tabs";
import { FindBar } from "./log/FindBar";
import { NewLines, Reading, RunMenu, Space } from "./reading/Bar";
import { useFindKeys } from "./reading/find-keys";
import { WorkFolder } from "./transcript/folder";
import { FoundText } from "./transcript/found";
import css from "./transcript/Row.module.css";
import { RowView } from "./transcript/RowView";
import type { Row } from "./transcript/rows";
import { TranscriptStore } from "./transcript/store";
import { estimateOf, spokenOf, textOf } from "./transcript/text";
import { useFind } from "./transcript/use-find";

/** What the agents of a task's runs said and did, one run after the other. */
export default function Transcript({ task }: TabProps) {
  const { data, problem } = useDetail(task);
  const listed = useTask(task);
  const status = listed?.status ?? data?.status;
  const store = useStore(keyOf(task), data?.run_list);
  if (problem && !data) return <ErrorState problem={problem} />;
  if (!data || !store) return <Skeleton lines={6} />;
  if (data.run_list.length === 0) {
    const hint = reading.waitsHint[status ?? ""] ?? en.transcript.noneHint;
    return <EmptyState title={en.transcript.none}>{hint}</EmptyState>;
  }
  return (
    <WorkFolder value={data.cwd}>
      <Runs store={store} still={stillSince(listed ?? data)} key={keyOf(task)} />
    </WorkFolder>
  );
}

function useStore(key: string, runs: readonly RunView[] | undefined): TranscriptStore | undefined {
  const host = useHost();
  const [made, setMade] = useState<{ key: string; store: TranscriptStore }>();
  useEffect(() => {
    const store = new TranscriptStore(host);
    setMade({ key, store });
    return () => store.stop();
  }, [host, key]);
  const store = made?.key === key ? made.store : undefined;
  useEffect(() => {
    if (runs) store?.setRuns(runs);
  }, [store, runs]);
  return store;
}

/** `still`: since when the run that has not ended stands still. */
function Runs({ store, still }: { store: TranscriptStore; still: string | undefined }) {
  const version = useReadable(store.version);
  const { query } = useRoute();
  const isNarrow = useMedia(NARROW);
  const list = useRef<LongListHandle>(null);
  const folds = useFolds();
  const follow = useFollow(store);
  const jump = useJump(store, list);
  const { to } = jump;
  const panel = useRef<HTMLDivElement>(null);
  const first = useRef(0);
  const find = useFind({ store, list, place: () => first.current, open: folds.open });
  const findKeys = useFindKeys(find);
  const marked = find.isOpen ? find.text : "";
  useHighlight(panel, marked);
  useInView(panel, find.offset, marked);
  useAnnounced(store);
  useLayoutEffect(() => {
    if (query.run) to(query.run);
  }, [query.run, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows of a run may come later than the wish.
  useLayoutEffect(() => jump.settle(), [version]);

  const seen = (now: Seen) => {
    follow.seen(now);
    first.current = now.first;
    jump.seen(store.runAt(now.isAtEnd ? now.last : now.first)?.run);
    for (let index = Math.max(0, now.first - 3); index <= now.last + 3; index += 1) {
      const row = store.rows[index];
      if (row?.kind === "gap") store.need(row, index > now.first);
    }
  };
  const copyAll = () => {
    const said = store.rows.filter((row) => textOf(row) !== "");
    void copy(said.map(textOf).join("\n\n"), reading.copiedRows(said.length));
  };
  useActions([
    { id: "read.find", title: reading.transcriptFind, run: find.open },
    { id: "read.fold", title: folds.title, run: folds.all },
    { id: "read.copy", run: copyAll },
    { id: "read.end", when: () => !follow.isAtEnd, run: () => list.current?.toEnd() },
    {
      id: "read.previous",
      title: reading.previousRun,
      when: () => jump.beside(-1) !== undefined,
      run: () => jump.by(-1),
    },
    {
      id: "read.next",
      title: reading.nextRun,
      when: () => jump.beside(1) !== undefined,
      run: () => jump.by(1),
    },
  ]);
  const retry = useCallback((run: string) => store.reader(run)?.retry(), [store]);
  const draw = (index: number) => {
    const row = store.rows[index] as Row;
    const reader = "run" in row ? store.reader(row.run.run) : undefined;
    return (
      <RowView
        key={row.id}
        row={row}
        revision={row.revision}
        isOpen={folds.isOpen(row)}
        isAtWork={store.isAtWork(row)}
        isCurrent={marked !== "" && row.id === find.offset}
        still={still}
        usage={reader?.usage}
        problem={reader?.problem}
        toggle={folds.toggle}
        retry={retry}
      />
    );
  };
  const bar = (
    <>
      {!(isNarrow && find.isOpen) && <RunMenu runs={store.runs} current={jump.current} choose={to} />}
      <Space />
      {find.isOpen ? (
        <FindBar find={find} placeholder={reading.transcriptFindPlaceholder} />
      ) : (
        <>
          <IconButton icon="search" label={reading.transcriptFind} onClick={find.open} />
          <Button small kind="quiet" onClick={folds.all}>
            {folds.title}
          </Button>
          <Button small kind="quiet" onClick={copyAll}>
            {reading.copy}
          </Button>
        </>
      )}
    </>
  );
  return (
    <Reading bar={bar}>
      <div ref={panel} className={css.panel}>
        <FoundText value={marked}>
          <LongList
            handle={list}
            rows={{
              count: store.rows.length,
              keyOf: (index) => store.rows[index]?.id ?? -1,
              estimate: (index) => estimateOf(store.rows[index]),
              isLoose: (index) => store.rows[index]?.kind === "gap",
            }}
            version={version}
            label={en.tabs.transcript}
            onSeen={seen}
            onKeyDown={findKeys}
          >
            {draw}
          </LongList>
        </FoundText>
      </div>
      {!follow.isAtEnd && <NewLines count={follow.missed} go={() => list.current?.toEnd()} />}
    </Reading>
  );
}

/** Rows that show more when they are open. */
const FOLDS: ReadonlySet<Row["kind"]> = new Set(["tool", "thinking", "text"]);

/** Which rows are open. */
function useFolds() {
  const [{ isAllOpen, others }, set] = useState({ isAllOpen: false, others: new Set<number>() });
  const toggle = useCallback(
    (id: number) =>
      set((now) => {
        const next = new Set(now.others);
        if (!next.delete(id)) next.add(id);
        return { ...now, others: next };
      }),
    [],
  );
  return {
    title: isAllOpen || others.size > 0 ? reading.foldAll : reading.unfoldAll,
    isOpen: (row: Row) => others.has(row.id) !== (isAllOpen && row.kind === "tool"),
    toggle,
    open: useCallback(
      (row: Row) =>
        set((now) => {
          const isOpen = now.others.has(row.id) !== (now.isAllOpen && row.kind === "tool");
          if (isOpen || !FOLDS.has(row.kind)) return now;
          const next = new Set(now.others);
          if (!next.delete(row.id)) next.add(row.id);
          return { ...now, others: next };
        }),
      [],
    ),
    all: () =>
      set((now) => ({ isAllOpen: !now.isAllOpen && now.others.size === 0, others: new Set<number>() })),
  };
}

/** Whether the end is in view, and how much came there while it was not. */
function useFollow(store: TranscriptStore) {
  const [{ isAtEnd, from }, set] = useState({ isAtEnd: true, from: 0 });
  return {
    isAtEnd,
    missed: store.appended - from,
    seen: (now: Seen) => {
      if (now.isAtEnd !== isAtEnd) set({ isAtEnd: now.isAtEnd, from: store.appended });
    },
  };
}

/** The run that is read, and the way to another one. */
function useJump(store: TranscriptStore, list: React.RefObject<LongListHandle | null>) {
  const [current, setCurrent] = useState<string>();
  const wanted = useRef<string>(undefined);
  // The same while the store is: who goes to a run by an effect goes there once.
  const settle = useCallback(() => {
    const index = wanted.current === undefined ? -1 : store.indexOf(wanted.current);
    if (index < 0) return;
    list.current?.toRow(index);
    const reader = store.reader(wanted.current ?? "");
    if (reader?.isBegun || reader?.problem) wanted.current = undefined;
  }, [store, list]);
  const to = useCallback(
    (run: string) => {
      void store.reader(run)?.readOn();
      wanted.current = run;
      settle();
    },
    [store, settle],
  );
  const here = current ?? store.runs.at(-1)?.run;
  const beside = (step: number) => store.runs[store.runs.findIndex(({ run }) => run === here) + step]?.run;
  return {
    to,
    settle,
    current: here,
    beside,
    by: (step: number) => {
      const run = beside(step);
      if (run) to(run);
    },
    seen: (run: string | undefined) => run !== current && setCurrent(run),
  };
}

/** Reads out what agents say and do, in batches. */
function useAnnounced(store: TranscriptStore): void {
  useEffect(() => {
    let told = store.appended;
    return store.version.watch(() => {
      const added = store.appended - told;
      told = store.appended;
      if (added === 0) return;
      const words = store.rows.slice(-Math.min(added, 3)).map(spokenOf).filter(Boolean);
      for (const word of words) announce(word);
    });
  }, [store]);
}

/** Brings what was found into view within its row, which may scroll by itself, once it is unfolded and drawn. */
function useInView(panel: React.RefObject<HTMLElement | null>, id: number | undefined, text: string): void {
  useEffect(() => {
    if (id === undefined || text === "") return;
    const timer = setTimeout(() => {
      const row = panel.current?.querySelector("[data-current]");
      const [range] = row ? rangesOf(row, text) : [];
      range?.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
    }, 80);
    return () => clearTimeout(timer);
  }, [panel, id, text]);
}
