import { describe, expect, test } from "vitest";
import { lanesOf, windowOf } from "~/pages/fleet/lanes";
import type { AgentEvent, AttentionItem, Message, RunView, TaskView } from "~/platform/operations";
import { Recent } from "~/state/recent";
import { lastWord, spoken, threadOf } from "~/state/talk";
import { stopSentence } from "~/words/stop";

const message = (id: string, type: string, parents: Message["parents"] = [], ts = `t${id}`): Message => ({
  msg_id: id,
  cursor: id,
  ts,
  type,
  body: `body ${id}`,
  parents,
});

describe("what was said", () => {
  const bus = [
    message("1", "USER"),
    message("2", "QUESTION"),
    message("3", "INFO", [{ msg_id: "1", kind: "receipt" }]),
    message("4", "ANSWER", [{ msg_id: "2", kind: "answers" }]),
    message("5", "ANSWER", [{ msg_id: "2", kind: "answers" }]),
    message("6", "USER"),
    message("7", "PROGRESS", [{ msg_id: "4", kind: "follows" }]),
  ];

  test("a receipt is part of what it is a receipt of", () => {
    const all = spoken(bus);
    expect(all.map((each) => each.message.msg_id)).toEqual(["1", "2", "4", "5", "6", "7"]);
    expect(all[0]?.readAt).toBe("t3");
    expect(lastWord(bus)?.message.msg_id).toBe("6");
    expect(lastWord(bus)?.readAt).toBeUndefined();
  });

  test("of several answers the first counts", () => {
    expect(spoken(bus)[1]?.answer?.msg_id).toBe("4");
  });

  test("a thread is what it follows from and what follows, all the way", () => {
    const ids = (id: string) => threadOf(spoken(bus), id).map((each) => each.message.msg_id);
    expect(ids("7")).toEqual(["2", "4", "5", "7"]);
    expect(ids("2")).toEqual(["2", "4", "5", "7"]);
    expect(ids("6")).toEqual(["6"]);
  });
});

describe("what an agent did last", () => {
  const event = (rest: object) => ({ offset: 0, end: 0, ...rest }) as AgentEvent;

  test("a call without a result is what it does now; a failure is told by its last line", () => {
    const recent = new Recent();
    recent.add(event({ event: "tool_call", id: "a", name: "Bash", input: { command: "make" } }));
    expect(recent.lines()).toMatchObject([{ text: "Runs make", tone: "now" }]);
    expect(recent.lines(false)).toMatchObject([{ text: "Runs make", tone: "did" }]);
    recent.add(event({ event: "tool_result", id: "a", output: "cc a.c\nerror: no\n", is_error: true }));
    expect(recent.lines()).toMatchObject([{ tone: "did" }, { text: "error: no", tone: "failed" }]);
  });

  test("pieces of a text are one line, and few lines are kept", () => {
    const recent = new Recent();
    for (let n = 0; n < 40; n += 1) recent.add(event({ event: "text", text: "word ", delta: n > 0 }));
    expect(recent.lines()).toHaveLength(1);
    recent.add(event({ event: "text", text: "end\nstep 1\n", delta: true }));
    recent.add(event({ event: "text", text: "step 2", delta: true }));
    expect(recent.lines().map(({ text }) => text.slice(-6))).toEqual(["rd end", "step 1", "step 2"]);
    for (let n = 0; n < 40; n += 1) recent.add(event({ event: "text", text: `say ${n}` }));
    expect(recent.lines().length).toBeLessThanOrEqual(8);
    expect(recent.lines().at(-1)?.text).toBe("say 39");
  });

  test("marks of Markdown are left out, also where they come in pieces", () => {
    const recent = new Recent();
    for (const text of ["See **th", "is**:\n``", "`rust\nlet a", " = 1;\n```", "\ndone"]) {
      recent.add(event({ event: "text", text, delta: true }));
    }
    expect(recent.lines().map(({ text }) => text)).toEqual(["See this:", "let a = 1;", "done"]);
    expect(new Set(recent.lines().map(({ id }) => id)).size).toBe(3);
  });
});

describe("who worked when", () => {
  const now = Date.parse("2026-11-20T13:50:00Z");
  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  const task = (rest: Partial<TaskView>): TaskView => ({
    project: "p",
    task: "t",
    title: "t",
    status: "running",
    workflow: "loop",
    iteration: 1,
    runs: 1,
    created_at: at(-30),
    started_at: at(-20),
    updated_at: at(-5),
    ...rest,
  });
  const run = (from: number, to?: number, status: RunView["status"] = "completed"): RunView => ({
    project: "p",
    task: "t",
    run: `r${from}`,
    status: to === undefined ? "running" : status,
    kind: "agent",
    agent: "claude",
    started_at: at(from),
    ended_at: to === undefined ? undefined : at(to),
  });
  const bars = (of: TaskView, runs: RunView[], attention: AttentionItem[] = []) =>
    lanesOf([of], new Map([["p/t", runs]]), attention, now)[0]?.bars.map(({ kind, from, to }) => [
      kind,
      (from - now) / 60_000,
      (to - now) / 60_000,
    ]);

  test("queued until it began, then each run until it ended or now", () => {
    expect(bars(task({}), [run(-20, -10), run(-8)])).toEqual([
      ["wait", -30, -20],
      ["work", -20, -10],
      ["work", -8, 0],
    ]);
  });

  test("a frozen run does not work while it is paused", () => {
    expect(bars(task({ status: "paused" }), [run(-20)])).toEqual([
      ["wait", -30, -20],
      ["work", -20, -5],
      ["hold", -5, 0],
    ]);
  });

  test("it waits for a person since it asked; a failure is a mark", () => {
    const item = { project: "p", task: "t", kind: "question", since: at(-7) } as AttentionItem;
    expect(bars(task({ status: "waiting_answer" }), [run(-20, -7)], [item])?.at(-1)).toEqual(["need", -7, 0]);
    expect(bars(task({ status: "failed" }), [run(-20, -7, "failed")])?.at(-1)).toEqual(["fail", -7, -7]);
  });

  test("the stretch that is drawn holds the first bar and ends behind now, with ticks at whole times", () => {
    const lanes = lanesOf([task({})], new Map(), [], now);
    const { from, to, ticks } = windowOf(lanes, now);
    expect(from).toBeLessThanOrEqual(now - 30 * 60_000);
    expect(to).toBeGreaterThan(now);
    for (const tick of ticks) expect(new Date(tick).getSeconds()).toBe(0);
    expect(ticks.length).toBeGreaterThan(2);
  });
});

test("a stop says what was found, what needed force and what is left", () => {
  expect(stopSentence({ found: 3, killed: 0, left: [] })).toBe("3 processes found and ended, none left");
  expect(stopSentence({ found: 3, killed: 1, left: [] })).toBe(
    "3 processes found and ended, 1 of them by force, none left",
  );
  expect(stopSentence({ found: 1, killed: 1, left: [] })).toBe(
    "1 process found and ended, by force, none left",
  );
  expect(stopSentence({})).toBe("No process of it was alive");
  expect(stopSentence({ found: 3, killed: 3, left: [41, 42] })).toBe("Still alive: process 41, 42");
});
