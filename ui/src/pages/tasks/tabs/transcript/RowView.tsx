import { memo } from "react";
import { At, Button, cx, Elapsed, ErrorState, Icon, State, StateGlyph, Untrusted } from "~/look";
import type { Problem } from "~/platform/problem";
import { Link, toTask } from "~/route";
import { bytes, en, money, plainLine, statusWord, tokens } from "~/words";
import { reading } from "~/words/en.reading";
import { Markdown } from "./Markdown";
import { Output } from "./Output";
import css from "./Row.module.css";
import type { EndRow, RetryRow, Row, RunRow, TextRow, ThinkingRow, Usage } from "./rows";
import { Tool } from "./Tool";
import { textOf } from "./text";

type Props = {
  row: Row;
  /** The row is drawn again when it is another one. */
  revision: number;
  isOpen: boolean;
  /** Whether what it shows goes on. */
  isAtWork: boolean;
  /** Whether it is what was found. */
  isCurrent: boolean;
  /** Since when a run that has not ended stands still. */
  still?: string;
  usage?: Usage;
  problem?: Problem;
  toggle: (id: number) => void;
  retry: (run: string) => void;
};

/** A row of the transcript. */
export const RowView = memo(function RowView(props: Props) {
  const { isCurrent } = props;
  return (
    <div data-current={isCurrent || undefined} className={isCurrent ? css.current : undefined}>
      <Content {...props} />
    </div>
  );
});

function Content(props: Props) {
  const { row, isOpen, toggle } = props;
  switch (row.kind) {
    case "text":
      return <Text row={row} isOpen={isOpen} toggle={toggle} />;
    case "thinking":
      return <Thinking row={row} isOpen={isOpen} toggle={toggle} />;
    case "tool":
      return <Tool row={row} isOpen={isOpen} isAtWork={props.isAtWork} toggle={toggle} />;
    case "error":
      return (
        <div className={cx(css.line, row.isWarning ? css.warning : css.error)}>
          <span className={css.sign}>
            <StateGlyph glyph={row.isWarning ? "late" : "failed"} />
          </span>
          <Untrusted text={row.message} links />
        </div>
      );
    case "retry":
      return <Retry row={row} />;
    case "end":
      return <End row={row} />;
    case "raw":
      return (
        <div className={css.block} title={reading.notUnderstood}>
          <Output text={row.line} />
        </div>
      );
    case "long":
      return <p className={cx(css.line, css.quiet)}>{textOf(row)}</p>;
    default:
      return <Around {...props} row={row} />;
  }
}

/** Characters of a text that are drawn at once. */
const MOST = 20_000;

function Text({ row, isOpen, toggle }: { row: TextRow; isOpen: boolean; toggle: (id: number) => void }) {
  const isCut = row.text.length > MOST && !isOpen;
  return (
    <div className={css.text}>
      <Markdown text={isCut ? row.text.slice(0, MOST) : row.text} />
      {isCut && (
        <Button small onClick={() => toggle(row.id)}>
          {reading.showAll(bytes(row.text.length))}
        </Button>
      )}
      {row.leftOut > 0 && <p className={css.quiet}>{reading.leftOut(bytes(row.leftOut))}</p>}
    </div>
  );
}

function Thinking({
  row,
  isOpen,
  toggle,
}: {
  row: ThinkingRow;
  isOpen: boolean;
  toggle: (id: number) => void;
}) {
  const first = row.text.trim().split("\n", 1)[0] ?? "";
  return (
    <div className={css.tool}>
      <button type="button" className={css.fold} aria-expanded={isOpen} onClick={() => toggle(row.id)}>
        <span className={css.sign}>
          <span className={cx(css.arrow, isOpen && css.turned)}>
            <Icon name="right" size={10} />
          </span>
        </span>
        <span className={css.thought}>{reading.thought}</span>
        {!isOpen && (
          <span className={css.hint}>
            <Untrusted text={plainLine(first).slice(0, 200)} />
          </span>
        )}
      </button>
      {isOpen && (
        <div className={cx(css.body, css.thinking)}>
          <Markdown text={row.text.trim()} />
        </div>
      )}
    </div>
  );
}

function Retry({ row: { event } }: { row: RetryRow }) {
  const wait = event.delay_ms ? reading.retryIn(`${Math.ceil(event.delay_ms / 1000)} s`) : undefined;
  const why = [event.status, event.message].filter(Boolean).join(" ");
  return (
    <div className={cx(css.line, css.warning)}>
      <span className={css.sign}>
        <StateGlyph glyph="back" />
      </span>
      <span>
        {[reading.retry(event.attempt, event.max ?? undefined), wait].filter(Boolean).join(" ")}
        {why && (
          <>
            {" · "}
            <Untrusted text={why} />
          </>
        )}
      </span>
    </div>
  );
}

function End({ row }: { row: EndRow }) {
  return (
    <>
      {row.text && (
        <div className={css.text}>
          <Markdown text={row.text.slice(0, MOST)} />
        </div>
      )}
      {(!row.ok || row.denied > 0) && (
        <div className={cx(css.line, row.ok ? css.warning : css.error)}>
          <span className={css.sign}>
            <StateGlyph glyph={row.ok ? "back" : "failed"} />
          </span>
          {[!row.ok && reading.turnFailed, row.denied > 0 && reading.denied(row.denied)]
            .filter(Boolean)
            .join(" · ")}
        </div>
      )}
    </>
  );
}

function Around({ row, usage, still, problem, retry }: Props & { row: RunRow }) {
  const { run } = row;
  if (row.kind === "head") return <Head row={row} usage={usage} still={still} />;
  if (row.kind === "none") return <p className={cx(css.line, css.quiet)}>{reading.noEvents}</p>;
  if (row.kind === "gap") {
    if (problem) return <ErrorState small problem={problem} retry={() => retry(run.run)} />;
    return (
      <div className={css.gap} role="status">
        {reading.earlier}…
      </div>
    );
  }
  const code = run.exit_code ? en.reading.exit(String(run.exit_code)) : undefined;
  const signal = run.exit_signal ? reading.signal(run.exit_signal) : undefined;
  const how = [reading.outcome[run.status] ?? statusWord(run.status), code ?? signal];
  return (
    <div className={cx(css.line, css.outcome, run.status === "stopped" ? css.quiet : css.error)}>
      <span className={css.sign}>
        <State status={run.status} />
      </span>
      <span>
        {how.filter(Boolean).join(", ")}
        {run.error && (
          <>
            {": "}
            <Untrusted text={run.error} />
          </>
        )}
      </span>
      <Link className={css.link} to={toTask(run.project, run.task, "log", { run: run.run })}>
        {reading.openLog}
      </Link>
    </div>
  );
}

function Head({ row: { run }, usage, still }: { row: RunRow; usage?: Usage; still?: string }) {
  const input = usage?.input;
  const output = usage?.output;
  const cost = usage?.cost_usd ?? run.cost_usd;
  const kind = reading.runKinds[run.kind];
  return (
    <h2 className={css.head}>
      <span className={css.turn}>
        {run.iteration ? reading.run(run.iteration) : reading.run(1)}
        {kind && ` · ${kind}`}
      </span>
      <span>{[run.agent, run.model].filter(Boolean).join(" · ")}</span>
      {run.started_at && (
        <span>
          <At at={run.started_at} />
        </span>
      )}
      <span className={css.rule} />
      {(input || output) && (
        <span className={css.spent}>{reading.spent(tokens(input ?? 0), tokens(output ?? 0))}</span>
      )}
      {typeof cost === "number" && <span>{money(cost)}</span>}
      {run.started_at && (
        <span>
          <Elapsed from={run.started_at} to={run.ended_at ?? still} />
        </span>
      )}
    </h2>
  );
}
