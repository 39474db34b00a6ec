import { describe, expect, test } from "vitest";
import { eventsOf, firstLine, lastLine } from "~/pages/tasks/tabs/transcript/lines";
import { emptyPiece, extend, join, settleOrphans } from "~/pages/tasks/tabs/transcript/rows";
import type { AgentEvent } from "~/platform/operations";

const at = { offset: 0, end: 0 };
const text = (words: string, delta = false): AgentEvent => ({ event: "text", text: words, delta, ...at });
const call = (id: string): AgentEvent => ({
  event: "tool_call",
  id,
  name: "Bash",
  input: { command: id },
  ...at,
});
const result = (id: string, output: string): AgentEvent => ({
  event: "tool_result",
  id,
  output,
  is_error: false,
  ...at,
});
const shown = (piece: ReturnType<typeof emptyPiece>) =>
  piece.rows.map((row) =>
    row.kind === "tool" ? `${row.call}=${row.result?.output}` : "text" in row ? row.text : row.kind,
  );

describe("rows of events", () => {
  const ALL = [
    text("One"),
    text(" two", true),
    call("a"),
    call("b"),
    result("a", "1"),
    text("Then"),
    result("b", "2"),
  ];
  const WHOLE = ["One two", "a=1", "b=2", "Then"];

  test("join texts that go on, and results with their calls", () => {
    expect(shown(extend(emptyPiece(), ALL))).toEqual(WHOLE);
  });

  test("are the same wherever the events are cut, read from the end", () => {
    for (let first = 0; first <= ALL.length; first += 1) {
      for (let second = first; second <= ALL.length; second += 1) {
        const [a, b, c] = [ALL.slice(0, first), ALL.slice(first, second), ALL.slice(second)].map((events) =>
          extend(emptyPiece(), events),
        ) as [ReturnType<typeof emptyPiece>, ReturnType<typeof emptyPiece>, ReturnType<typeof emptyPiece>];
        const piece = join(a, join(b, c));
        settleOrphans(piece);
        expect(shown(piece), `cut at ${first} and ${second}`).toEqual(WHOLE);
      }
    }
  });

  test("know the last calls that have no result: no more of them can be at work", () => {
    const names = (piece: ReturnType<typeof emptyPiece>) => piece.atWork.map((row) => row.call).join("");
    const first = extend(emptyPiece(), [..."abcdef"].map(call));
    const whole = join(first, extend(emptyPiece(), [result("b", "1"), ...[..."ghij"].map(call)]));
    expect(names(whole)).toBe("cdefghij");
    extend(whole, [result("e", "2"), call("k"), call("l")]);
    expect(names(whole)).toBe("dfghijkl");
  });

  test("say when a row changed, and keep its name", () => {
    const piece = extend(emptyPiece(), [call("a")]);
    const before = { id: piece.rows[0]?.id, revision: piece.rows[0]?.revision };
    extend(piece, [result("a", "1")]);
    expect(piece.rows[0]?.id).toBe(before.id);
    expect(piece.rows[0]?.revision).not.toBe(before.revision);
  });

  test("show a result whose call was never told, once nothing comes before", () => {
    const piece = extend(emptyPiece(), [result("lost", "1")]);
    expect(piece.rows).toEqual([]);
    settleOrphans(piece);
    expect(piece.rows).toMatchObject([{ kind: "tool", isLost: true, result: { output: "1" } }]);
  });

  test("do not say the same text twice at the end", () => {
    const end = (words: string): AgentEvent => ({ event: "result", ok: true, text: words, ...at });
    const piece = extend(emptyPiece(), [text("All done."), end("All done.\n"), end("Something else")]);
    expect(piece.rows.map((row) => row.kind === "end" && row.text)).toEqual([false, "", "Something else"]);
  });
});

describe("lines of events", () => {
  test("what is no event is shown as it stands", () => {
    const bytes = new TextEncoder().encode('{"event":"text","text":"ü"}\nnot json\n[1]\n\n');
    expect(eventsOf(bytes)).toMatchObject([
      { event: "text", text: "ü" },
      { event: "raw", line: "not json" },
      { event: "raw", line: "[1]" },
    ]);
  });

  test("whole ones are found in bytes that are cut", () => {
    const bytes = new TextEncoder().encode('t":1}\n{"a":1}\n{"b"');
    expect([firstLine(bytes), lastLine(bytes)]).toEqual([6, 14]);
    expect(firstLine(new TextEncoder().encode("no end"))).toBe(0);
  });
});
