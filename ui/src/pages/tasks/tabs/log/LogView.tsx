import { memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useActions } from "~/actions";
import { At, announce, Button, cx, EmptyState, ErrorState, IconButton, Skeleton } from "~/look";
import { AnsiLine } from "~/look/Ansi";
import { withoutColour } from "~/look/ansi";
import { copy } from "~/look/copy";
import { LongList, type LongListHandle, type Seen } from "~/look/LongList";
import { useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useOpen } from "~/state/hooks";
import { useReadable } from "~/state/store";
import { bytes, en } from "~/words";
import { reading } from "~/words/en.reading";
import { NewLines, Reading, Space } from "../reading/Bar";
import { useFindKeys } from "../reading/find-keys";
import { Download } from "./Download";
import { FindBar } from "./FindBar";
import css from "./LogView.module.css";
import type { Line } from "./lines";
import { Rail } from "./Rail";
import type { Source } from "./source";
import { type Find, useFind } from "./use-find";
import { LogWindow } from "./window";

type Props = {
  source: Source;
  /** Controls at the left of the bar. */
  children?: ReactNode;
  /** Where its end is not what is wanted first. */
  isFromStart?: boolean;
  empty: { title: string; hint?: string };
};

/** A text file of any size, in the colours of a terminal. */
export function LogView({ source, children, isFromStart = false, empty }: Props) {
  const log = useLog(source, isFromStart);
  if (!log) return <Skeleton lines={8} />;
  return <Shown key={source.key} log={log} bar={children} empty={empty} />;
}

function useLog(source: Source, isFromStart: boolean): LogWindow | undefined {
  const host = useHost();
  const { query } = useRoute();
  const [log, setLog] = useState<LogWindow>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a source is told by its key; the place is the first one.
  useEffect(() => {
    const made = new LogWindow(source, () => host.now());
    const at = Number(query.at);
    if (query.at && at >= 0) void made.toOffset(at);
    else if (isFromStart) void made.toOffset(0);
    else void made.toEnd();
    setLog(made);
    return () => made.stop();
  }, [host, source.key, isFromStart]);
  return log?.source.key === source.key ? log : undefined;
}

function Shown({ log, bar, empty }: { log: LogWindow; bar: ReactNode; empty: Props["empty"] }) {
  const version = useReadable(log.version);
  const list = useRef<LongListHandle>(null);
  const [isWrapped, setWrapped] = useOpen("log:wrap", false);
  const [seen, setSeen] = useState({ offset: 0, isAtEnd: true, from: 0 });
  const go = (offset: number) => void log.toOffset(Math.floor(offset));
  const find = useFind(log, () => seen.offset, go);
  const toEnd = () => void log.toEnd();
  const keys = useFindKeys(find);
  usePlace(log, list, version, find);
  useAnnounced(log);

  const saw = (now: Seen) => {
    const isAtEnd = now.isAtEnd && log.hasEnd;
    log.isFollowing = isAtEnd;
    const offset = log.lines[isAtEnd ? now.last : now.first]?.offset ?? 0;
    if (isAtEnd !== seen.isAtEnd || offset !== seen.offset) {
      setSeen({ offset, isAtEnd, from: isAtEnd !== seen.isAtEnd ? log.appended : seen.from });
    }
    if (now.first < 200) void log.readBack();
    if (now.last > log.lines.length - 200) void log.readOn();
  };
  const copyAll = () => {
    const text = log.lines.map((line) => withoutColour(line.text) + (line.isEnded ? "\n" : "")).join("");
    void copy(text, reading.copiedRows(log.lines.length));
  };
  useActions([
    { id: "read.find", title: reading.log.find, run: find.open },
    { id: "read.wrap", title: reading.log.wrap, run: () => setWrapped(!isWrapped) },
    { id: "read.end", when: () => !seen.isAtEnd, run: toEnd },
    { id: "read.copy", run: copyAll },
  ]);
  const head = (
    <>
      {bar}
      <span className={css.size}>{log.isLoaded && bytes(log.total)}</span>
      <Space />
      {find.isOpen ? (
        <FindBar find={find} />
      ) : (
        <IconButton icon="search" label={reading.log.find} onClick={find.open} />
      )}
      <Button
        small
        kind="quiet"
        className={cx(isWrapped && css.pressed)}
        aria-pressed={isWrapped}
        onClick={() => setWrapped(!isWrapped)}
      >
        {reading.log.wrap}
      </Button>
      {!find.isOpen && (
        <>
          <Button small kind="quiet" onClick={copyAll}>
            {reading.copy}
          </Button>
          <Download source={log.source} />
        </>
      )}
    </>
  );
  return (
    <Reading bar={head}>
      <Body log={log} empty={empty} />
      {log.lines.length > 0 && (
        <LongList
          key={isWrapped ? "wrap" : "wide"}
          handle={list}
          rows={{
            count: log.lines.length,
            keyOf: (index) => log.lines[index]?.offset ?? -1,
            estimate: () => 18,
          }}
          version={version}
          label={en.tabs.log}
          isWide={!isWrapped}
          className={cx(css.list, !log.isWhole && css.bare)}
          onSeen={saw}
          onKeyDown={(event) => {
            if (keys(event)) return;
            if (event.key === "End") toEnd();
            else if (event.key === "Home") go(0);
            else return;
            event.preventDefault();
          }}
        >
          {(index) => {
            const line = log.lines[index] as Line;
            const { offset } = find;
            const isCurrent =
              offset !== undefined && offset >= line.offset && offset < line.offset + line.bytes;
            return (
              <LineView
                key={line.offset}
                line={line}
                isWrapped={isWrapped}
                mark={find.isOpen ? find.text : ""}
                isCurrent={isCurrent}
              />
            );
          }}
        </LongList>
      )}
      {!log.isWhole && <Rail log={log} offset={seen.offset} finds={find.finds.offsets} go={go} />}
      {!seen.isAtEnd && log.isLoaded && <NewLines count={log.appended - seen.from} go={toEnd} />}
    </Reading>
  );
}

/** What stands where there are no lines, and what is to be known of those that are there. */
function Body({ log, empty }: { log: LogWindow; empty: Props["empty"] }) {
  const retry = () => log.retry();
  if (log.lines.length === 0) {
    if (log.problem) return <ErrorState problem={log.problem} retry={retry} />;
    if (!log.isLoaded) return <Skeleton lines={8} />;
    if (!log.reset) return <EmptyState title={empty.title}>{empty.hint}</EmptyState>;
  }
  if (log.problem) {
    return (
      <div className={css.notice}>
        <ErrorState small problem={log.problem} retry={retry} />
      </div>
    );
  }
  return log.reset ? <ResetNotice key={log.reset.at} log={log} /> : null;
}

function ResetNotice({ log }: { log: LogWindow }) {
  const [isShown, setShown] = useState(true);
  if (!isShown || !log.reset) return null;
  const { reason, at } = log.reset;
  return (
    <div className={css.notice} role="status">
      <span>
        {reading.log.reset(reason)} <At at={new Date(at).toISOString()} />
      </span>
      <IconButton icon="close" label={en.look.dismiss} onClick={() => setShown(false)} />
    </div>
  );
}

type LineProps = { line: Line; isWrapped: boolean; mark: string; isCurrent: boolean };

const LineView = memo(function LineView({ line, isWrapped, mark, isCurrent }: LineProps) {
  return (
    <div
      className={cx(
        css.line,
        isWrapped && css.wrap,
        line.isContinued && css.continued,
        isCurrent && css.current,
      )}
      data-current={isCurrent || undefined}
    >
      <AnsiLine line={line.text} style={line.style} mark={mark} />
    </div>
  );
});

/** Brings what is wanted into view as soon as it is there. */
function usePlace(log: LogWindow, list: RefObject<LongListHandle | null>, version: number, find: Find): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change may bring what is wanted.
  useLayoutEffect(() => {
    const { wanted } = log;
    if (!log.isLoaded || wanted === undefined || log.lines.length === 0) return;
    log.wanted = undefined;
    if (wanted === "end") list.current?.toEnd();
    else list.current?.toRow(log.indexOf(wanted.offset), find.isOpen ? 120 : 0);
  }, [log, version]);
}

/** Reads out the last line that came, in batches. */
function useAnnounced(log: LogWindow): void {
  useEffect(() => {
    let told = log.appended;
    return log.version.watch(() => {
      const isNew = log.appended > told;
      told = log.appended;
      const line = log.lines.findLast((each) => each.isEnded);
      if (isNew && line && log.isFollowing) announce(withoutColour(line.text).slice(0, 200));
    });
  }, [log]);
}
