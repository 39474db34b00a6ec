import { bytes, resultNote, subject, toolName, toolSentence } from "~/words";
import { reading } from "~/words/en.reading";
import type { Row } from "./rows";

/** A row as plain text, to be copied. */
export function textOf(row: Row): string {
  switch (row.kind) {
    case "text":
    case "thinking":
      return row.text;
    case "tool": {
      const head = `> ${[toolName(row.name), subject(row.input)].filter(Boolean).join(" ")}`;
      return row.result?.output ? `${head}\n${row.result.output.trimEnd()}` : head;
    }
    case "error":
      return row.message;
    case "retry":
      return [reading.retry(row.event.attempt, row.event.max ?? undefined), row.event.message].join(": ");
    case "end":
      return row.text || (row.ok ? reading.turnEnded : reading.turnFailed);
    case "raw":
      return row.line;
    case "long":
      return reading.longLine(bytes(row.bytes));
    case "head":
      return `## ${[reading.run(row.run.iteration ?? 1), row.run.agent, row.run.started_at].filter(Boolean).join(" · ")}`;
    case "outcome":
      return [reading.outcome[row.run.status], row.run.error].filter(Boolean).join(": ");
    default:
      return "";
  }
}

/** A row that was just added, as it is read out. */
export function spokenOf(row: Row): string {
  switch (row.kind) {
    case "text":
      return row.text.slice(0, 200);
    case "tool":
      return [toolSentence(row.name, row.input), row.result?.isError && resultNote(row.result.output)]
        .filter(Boolean)
        .join(", ");
    case "error":
      return row.message;
    default:
      return "";
  }
}

/** Pixels that a row is taken for before it was drawn. */
export function estimateOf(row: Row | undefined): number {
  switch (row?.kind) {
    case "text": {
      const shown = Math.min(row.text.length, 20_000);
      return 20 + 20 * Math.max(1, Math.ceil(shown / 90));
    }
    case "head":
      return 38;
    case "gap":
      return 44;
    case "outcome":
      return 36;
    default:
      return 28;
  }
}
