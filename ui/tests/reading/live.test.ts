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
