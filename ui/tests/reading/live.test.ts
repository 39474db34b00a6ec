import { afterEach, describe, expect, test, vi } from "vitest";
import { PLAIN } from "~/look/ansi";
import { LogWindow } from "~/pages/tasks/tabs/log/window";
import { TranscriptStore } from "~/pages/tasks/tabs/transcript/store";
import { fakeHost } from "~/platform/fake";

const TASK = { project: "webshop", task: "task-20261120-134118-fix-login-redirect" };
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** The transcript of a run at work, and what its agent reports from now on. */
async function reading() {
  const host = fakeHost("busy");
  const { run_list: runs } = await host.request("tasks_show", { path: TASK });
  const run = runs.at(-1);
  const store = new TranscriptStore(host);
  ends.push(() => {
    store.stop();
    host.stop();
  });
  const tell = (event: object) =>
    host.world.append(
      `${TASK.project}/${TASK.task}/${run?.run}/events.jsonl`,
      `${JSON.stringify({ offset: 0, end: 0, ...event })}\n`,
    );
  return { host, store, runs, run, tell };
}

const result = (id: string, output: string) => ({ event: "tool_result", id, output, is_error: false });

describe("the transcript of a run at work", () => {
  test("a result without a call, or a second one of a call, is a row at the end, and no other row is drawn twice", async () => {
    const { store, runs, tell } = await reading();
    store.setRuns(runs);
    await vi.waitFor(() => expect(store.rows.length).toBeGreaterThan(3));
    const before = store.rows.map(({ id }) => id);
    tell({ event: "tool_call", id: "mine", name: "Bash", input: { command: "make" } });
    tell(result("mine", "made"));
    await vi.waitFor(() => expect(store.rows).toHaveLength(before.length + 1));
    tell(result("nobody's", "lost"));
    tell(result("mine", "made again"));
    tell({ event: "text", text: "On it goes." });
    await vi.waitFor(() => expect(store.rows.at(-1)).toMatchObject({ text: "On it goes." }));
    expect(store.rows.slice(before.length)).toMatchObject([
      { kind: "tool", name: "Bash", result: { output: "made" } },
      { kind: "tool", isLost: true, result: { output: "lost" } },
      { kind: "tool", isLost: true, result: { output: "made again" } },
      { kind: "text" },
    ]);
    const ids = store.rows.map(({ id }) => id);
    expect(ids.slice(0, before.length)).toEqual(before);
    expect(new Set(ids).size).toBe(ids.length);
    expect(store.appended).toBe(4);
  });

  test("that it reported nothing is said until it does", async () => {
    const { host, store, runs, run, tell } = await reading();
    host.world.files.delete(`${TASK.project}/${TASK.task}/${run?.run}/events.jsonl`);
    store.setRuns(runs.slice(-1));
    await vi.waitFor(() => expect(store.rows.map(({ kind }) => kind)).toEqual(["head", "none"]));
    tell({ event: "text", text: "At last." });
    await vi.waitFor(() => expect(store.rows.map(({ kind }) => kind)).toEqual(["head", "text"]));
  });
});

describe("a line that is longer than what is read at once", () => {
  const LONG = 5_000_000;
  const event = (text: string) => `${JSON.stringify({ offset: 0, end: 0, event: "text", text })}\n`;

  /** The transcript of a run whose events are these, how much of it is asked for at once, and how often. */
  async function transcriptOf(events: string) {
    const page = await reading();
    const { host, store, runs, run } = page;
    const name = `${TASK.project}/${TASK.task}/${run?.run}/events.jsonl`;
    host.world.files.delete(name);
    host.world.append(name, events);
    const file = vi.spyOn(host, "file");
    store.setRuns(runs.slice(-1));
    const shown = () =>
      store.rows.map((row) => (row.kind === "text" ? row.text : row.kind === "long" ? row.bytes : row.kind));
    const back = async () => {
      await vi.waitFor(() => expect(store.rows.length).toBeGreaterThan(1));
      const reader = store.reader(run?.run ?? "");
      for (let turn = 0; turn < 40 && !reader?.isWhole; turn += 1) await reader?.readBack(320 * 1024);
      await vi.waitFor(() => expect(shown()).not.toContain("gap"));
    };
    return { ...page, file, shown, back };
  }

  const first = `${event("first")}${event("second")}`;
  const long = event("x".repeat(LONG));

  test.each([
    [
      "is passed over, and said how long it was",
      `${first}${long}${event("after")}`,
      ["first", "second", long.length, "after"],
    ],
    ["may be the first", `${long}${event("after")}`, [long.length, "after"]],
    ["may be the last", `${first}${long}`, ["first", "second", long.length]],
    [
      "may follow another",
      `${first}${long}${long}${event("after")}`,
      ["first", "second", long.length, long.length, "after"],
    ],
    ["may be being written", `${first}${long.slice(0, -1)}`, ["first", "second", long.length - 1]],
    [
      "is read whole where it fits",
      `${first}${event("y".repeat(2_000_000))}`,
      ["first", "second", "y".repeat(2_000_000)],
    ],
  ])("of the transcript: %s", async (_, events, rows) => {
    const { file, shown, back } = await transcriptOf(events);
    await back();
    expect(shown()).toEqual(["head", ...rows]);
    const asked = file.mock.calls.map(([, , range]) => range);
    expect(asked.length).toBeLessThan(30);
    const most = asked.map((range) =>
      range && "last" in range ? range.last : (range?.to ?? 0) - (range?.from ?? 0),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(4 * 1024 * 1024);
    const before = file.mock.calls.length;
    await new Promise((done) => setTimeout(done, 100));
    expect(file.mock.calls.length).toBe(before);
  });

  test("of the transcript: is not kept while it is written", async () => {
    const { host, run, shown, tell } = await transcriptOf(first);
    await vi.waitFor(() => expect(shown()).toEqual(["head", "first", "second"]));
    const name = `${TASK.project}/${TASK.task}/${run?.run}/events.jsonl`;
    for (let at = 0; at < long.length; at += 500_000) host.world.append(name, long.slice(at, at + 500_000));
    tell({ event: "text", text: "after" });
    await vi.waitFor(() => expect(shown()).toEqual(["head", "first", "second", long.length, "after"]));
  });

  test("of the transcript: what is shorter than it was told is not asked for again", async () => {
    const { file, store, run, back } = await transcriptOf(event("z".repeat(200)).repeat(5_000));
    await vi.waitFor(() => expect(store.rows.length).toBeGreaterThan(1));
    file.mockResolvedValue({ bytes: new Uint8Array(), from: 0, total: 0, type: "" });
    await back();
    expect(store.reader(run?.run ?? "")?.isWhole).toBe(true);
    expect(file.mock.calls.length).toBeLessThan(4);
  });

  test("of the raw log: is gone through in pieces, back and on", async () => {
    const bytes = new TextEncoder().encode(`before\n${"ü".repeat(LONG / 2)}\nafter\n`);
    const window = new LogWindow(
      {
        key: "log",
        name: "log",
        read: async (range) => {
          const from = "last" in range ? Math.max(0, bytes.length - range.last) : range.from;
          const to = "last" in range ? bytes.length : Math.min(range.to ?? bytes.length, bytes.length);
          return { bytes: bytes.slice(from, to), from, total: bytes.length, type: "text/plain" };
        },
      },
      () => 0,
    );
    ends.push(() => window.stop());
    await window.toEnd();
    for (let turn = 0; turn < 40 && window.start > 0; turn += 1) await window.readBack();
    expect(window.lines[0]).toMatchObject({ offset: 0, text: "before" });
    expect(window.lines.slice(2).every((line) => line.isContinued)).toBe(true);
    expect(window.lines.some((line) => line.text.includes("\ufffd"))).toBe(false);
    await window.toOffset(LONG / 2);
    expect(window.start).toBeLessThanOrEqual(LONG / 2);
    expect(window.end).toBeGreaterThan(LONG / 2);
    for (let turn = 0; turn < 40 && !window.hasEnd; turn += 1) await window.readOn();
    expect(window.lines.at(-1)).toMatchObject({ text: "after" });
  });
});

describe("the window of a log", () => {
  test("what is jumped to has nothing from what was shown before", async () => {
    const line = "x".repeat(99);
    const bytes = new TextEncoder().encode(`${`${line}\n`.repeat(20_000)}\u001b[31mred and not over`);
    const window = new LogWindow(
      {
        key: "log",
        name: "log",
        read: async (range) => {
          const from = "last" in range ? Math.max(0, bytes.length - range.last) : range.from;
          const to = "last" in range ? bytes.length : Math.min(range.to ?? bytes.length, bytes.length);
          return { bytes: bytes.slice(from, to), from, total: bytes.length, type: "text/plain" };
        },
      },
      () => 0,
    );
    ends.push(() => window.stop());
    await window.toEnd();
    expect(window.lines.at(-1)).toMatchObject({ isEnded: false });
    await window.toOffset(0);
    expect(window.lines[0]).toMatchObject({ text: line, isContinued: false, style: PLAIN });
  });
});
