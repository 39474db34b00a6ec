import type { AgentEvent } from "~/platform/operations";

const NEWLINE = 10;
const decoder = new TextDecoder();

/** The lines of events of whole lines of bytes; what is no event is shown as it stands. */
export function eventsOf(bytes: Uint8Array): AgentEvent[] {
  return parsedLines(decoder.decode(bytes));
}

export function parsedLines(text: string): AgentEvent[] {
  const events: AgentEvent[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    events.push(parsed(line));
  }
  return events;
}

function parsed(line: string): AgentEvent {
  try {
    const event = JSON.parse(line) as AgentEvent;
    if (typeof event === "object" && event !== null && typeof event.event === "string") return event;
  } catch {
    // Shown below.
  }
  return { event: "raw", line, offset: 0, end: 0 };
}

/** Where the first line begins that is whole from its start, in bytes that begin in the middle of one. */
export function firstLine(bytes: Uint8Array): number {
  return bytes.indexOf(NEWLINE) + 1;
}

/** Where the last line ends that is whole. */
export function lastLine(bytes: Uint8Array): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}
