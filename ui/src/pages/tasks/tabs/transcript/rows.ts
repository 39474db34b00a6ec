import type { AgentEvent, RunView } from "~/platform/operations";

export type Usage = { input?: number | null; output?: number | null; cost_usd?: number | null };

export type ToolResult = { output: string; isError: boolean; at?: number };

type Common = {
  /** Names the row as long as the page lives. */
  id: number;
  /** Another one says that the row changed. */
  revision: number;
  at?: number;
};

export type TextRow = Common & { kind: "text"; text: string; leftOut: number };
export type ThinkingRow = Common & { kind: "thinking"; text: string };
export type ToolRow = Common & {
  kind: "tool";
  call: string;
  name: string;
  input: unknown;
  result?: ToolResult;
  /** Whether the call itself is not known: its result alone was told. */
  isLost?: boolean;
};
export type RetryRow = Common & { kind: "retry"; event: Extract<AgentEvent, { event: "retry" }> };
export type ErrorRow = Common & { kind: "error"; message: string; isWarning: boolean };
export type EndRow = Common & { kind: "end"; ok: boolean; text: string; denied: number };
/** A line of events that is too long to be read. */
export type LongRow = Common & { kind: "long"; bytes: number };
export type RawRow = Common & { kind: "raw"; line: string };

/** What an agent reported, as it is shown. */
export type EventRow = TextRow | ThinkingRow | ToolRow | RetryRow | ErrorRow | EndRow | RawRow | LongRow;

/** What stands around it: where a run begins, how it ended, what of it is not loaded yet. */
export type RunRow = Common & { kind: "head" | "outcome" | "gap" | "none"; run: RunView };

export type Row = EventRow | RunRow;

/** Rows of events that follow each other; two that follow each other are joined into one. */
export type Piece = {
  rows: EventRow[];
  /** Calls that have no result yet, by id. */
  open: Map<string, ToolRow>;
  /** The last calls without a result. Of agents that tell no results, the others are over, too. */
  atWork: readonly ToolRow[];
  /** Results whose calls are not in it, by id. */
  orphans: Map<string, ToolResult>;
  /** Whether its first text goes on with one before it. */
  isContinued: boolean;
  usage?: Usage;
};

/** Calls that may be at work at once. */
const AT_WORK = 8;

let lastId = 0;

export const nextId = (): number => ++lastId;

export function emptyPiece(): Piece {
  return { rows: [], open: new Map(), atWork: [], orphans: new Map(), isContinued: false };
}

export function longLine(bytes: number): LongRow {
  return { ...base(undefined), kind: "long", bytes };
}

/** Adds events at the end of a piece. `isWhole`: nothing comes before it, and a result without a call stands where it came. */
export function extend(piece: Piece, events: readonly AgentEvent[], isWhole = false): Piece {
  for (const event of events) {
    add(piece, event);
    if (!isWhole || piece.orphans.size === 0) continue;
    for (const row of lostOf(piece)) push(piece, row);
  }
  return piece;
}

/** Joins a piece and the one that follows it; neither is used afterwards. */
export function join(before: Piece, after: Piece): Piece {
  if (before.rows.length === 0 && before.orphans.size === 0) {
    return { ...after, usage: after.usage ?? before.usage };
  }
  for (const [call, result] of after.orphans) {
    const row = before.open.get(call);
    if (row) answer(before, row, result);
    else before.orphans.set(call, result);
  }
  const [last, first, ...rest] = [before.rows.at(-1), ...after.rows];
  if (after.isContinued && last?.kind === "text" && first?.kind === "text") {
    write(last, first.text, first.leftOut);
    before.rows = before.rows.concat(rest);
  } else before.rows = before.rows.concat(after.rows);
  for (const [call, row] of after.open) before.open.set(call, row);
  before.atWork = [...before.atWork, ...after.atWork].slice(-AT_WORK);
  before.usage = after.usage ?? before.usage;
  return before;
}

/** Shows results whose calls were never told; asked for when nothing comes before the piece. */
export function settleOrphans(piece: Piece): void {
  const lost = lostOf(piece);
  if (lost.length > 0) piece.rows = [...lost, ...piece.rows];
}

/** The results without a call as rows; they are none afterwards. */
function lostOf(piece: Piece): ToolRow[] {
  const lost = [...piece.orphans].map(
    ([call, result]): ToolRow => ({
      ...base(result.at),
      kind: "tool",
      call,
      name: "",
      input: undefined,
      result,
      isLost: true,
    }),
  );
  piece.orphans.clear();
  return lost;
}

function add(piece: Piece, event: AgentEvent): void {
  const at = event.ts ? Date.parse(event.ts) : undefined;
  switch (event.event) {
    case "text":
      return addText(piece, event, at);
    case "thinking":
      return push(piece, { ...base(at), kind: "thinking", text: event.text });
    case "tool_call": {
      const { id: call, name, input } = event;
      const row: ToolRow = { ...base(at), kind: "tool", call, name, input };
      piece.open.set(call, row);
      piece.atWork = [...piece.atWork.slice(1 - AT_WORK), row];
      return push(piece, row);
    }
    case "tool_result": {
      const result = { output: event.output, isError: event.is_error, at };
      const row = piece.open.get(event.id);
      if (row) answer(piece, row, result);
      else piece.orphans.set(event.id, result);
      return;
    }
    case "usage":
      piece.usage = event;
      return;
    case "retry":
      return push(piece, { ...base(at), kind: "retry", event });
    case "error":
      return push(piece, {
        ...base(at),
        kind: "error",
        message: event.message,
        isWarning: event.warning ?? false,
      });
    case "result":
      return addEnd(piece, event, at);
    case "raw":
      return push(piece, { ...base(at), kind: "raw", line: event.line });
  }
}

function addText(piece: Piece, event: Extract<AgentEvent, { event: "text" }>, at: number | undefined): void {
  const last = piece.rows.at(-1);
  const leftOut = event.left_out ?? 0;
  if (event.delta && last?.kind === "text") return write(last, event.text, leftOut);
  if (event.delta && !last) piece.isContinued = true;
  push(piece, { ...base(at), kind: "text", text: event.text, leftOut });
}

function addEnd(piece: Piece, event: Extract<AgentEvent, { event: "result" }>, at: number | undefined): void {
  const said = piece.rows.findLast((row) => row.kind === "text");
  const text = event.text ?? "";
  const isSaid = said?.kind === "text" && said.text.trim() === text.trim();
  const denied = Array.isArray(event.denied) ? event.denied.length : 0;
  push(piece, { ...base(at), kind: "end", ok: event.ok, text: isSaid ? "" : text, denied });
}

function answer(piece: Piece, row: ToolRow, result: ToolResult): void {
  row.result = result;
  row.revision += 1;
  piece.open.delete(row.call);
  piece.atWork = piece.atWork.filter((each) => each !== row);
}

function write(row: TextRow, text: string, leftOut: number): void {
  row.text += text;
  row.leftOut += leftOut;
  row.revision += 1;
}

function push(piece: Piece, row: EventRow): void {
  piece.rows.push(row);
}

function base(at: number | undefined): Common {
  return { id: nextId(), revision: 0, at };
}
