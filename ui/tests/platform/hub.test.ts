// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Hub, SILENCE } from "~/platform/live/hub";
import type { Frame, Transport, Wanted } from "~/platform/live/transport";
import { Problem } from "~/platform/problem";

class Line implements Transport {
  opened: (string | undefined)[] = [];
  added: Wanted[] = [];
  dropped: string[] = [];
  frame: (frame: Frame) => void = () => {};
  sign: () => void = () => {};
  fail: (problem: Problem) => void = () => {};
  async open(last: string | undefined, frame: (frame: Frame) => void, sign: () => void, end: AbortSignal) {
    this.opened.push(last);
    this.frame = frame;
    this.sign = sign;
    await new Promise<void>((resolve, reject) => {
      this.fail = reject;
      end.addEventListener("abort", () => resolve());
    });
  }
  async add(_: string, wanted: Wanted) {
    this.added.push(wanted);
  }
  async drop(_: string, name: string) {
    this.dropped.push(name);
  }
  begin(id: string) {
    this.frame({ id, event: "session", data: { data: { session: id } } });
  }
  tell(id: string, event: string, data: unknown, subscription = "s0") {
    this.frame({ id, event, data: { subscription, data } });
  }
}

describe("the hub", () => {
  let line: Line;
  let hub: Hub;
  const told = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    told.mockReset();
    line = new Line();
    hub = new Hub(line, { now: Date.now, random: () => 1 });
  });

  const open = async () => {
    hub.subscribe({ kind: "events" }, told, "j4");
    line.begin("i0");
    await vi.advanceTimersByTimeAsync(0);
    line.tell("i1", "added", { kind: "events" });
  };

  test("takes a stream without a sign of life for dead", async () => {
    await open();
    await vi.advanceTimersByTimeAsync(SILENCE - 1);
    line.sign();
    await vi.advanceTimersByTimeAsync(SILENCE - 1);
    expect(hub.state.get().phase).toBe("live");
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.state.get()).toMatchObject({ phase: "offline", reason: "no sign of life" });
  });

  test("waits longer each time, then comes back after its last id", async () => {
    await open();
    line.fail(new Problem("unreachable", "gone"));
    await vi.advanceTimersByTimeAsync(500);
    line.fail(new Problem("unreachable", "gone"));
    await vi.advanceTimersByTimeAsync(999);
    expect(line.opened).toEqual([undefined, "i1"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(line.opened).toEqual([undefined, "i1", "i1"]);
    line.begin("i2");
    expect(hub.state.get().phase).toBe("catching_up");
    await vi.advanceTimersByTimeAsync(300);
    expect(hub.state.get().phase).toBe("live");
    expect(line.added).toHaveLength(1);
  });

  test("adds again what was not known to be added", async () => {
    hub.subscribe({ kind: "events" }, told, "j4");
    line.begin("i0");
    line.fail(new Problem("unreachable", "gone"));
    await vi.advanceTimersByTimeAsync(500);
    line.begin("i1");
    await vi.advanceTimersByTimeAsync(0);
    expect(line.added).toHaveLength(2);
  });

  test("heals from each subscription's own place where the id is not taken", async () => {
    await open();
    line.tell("i2", "event", { cursor: "j5", kind: "task.paused" });
    line.fail(new Problem("unreachable", "gone"));
    await vi.advanceTimersByTimeAsync(500);
    line.fail(new Problem("usage", "no such id"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.opened.at(-1)).toBeUndefined();
    line.begin("i0");
    await vi.advanceTimersByTimeAsync(0);
    expect(line.added.at(-1)).toMatchObject({ name: "s0", after: "j5" });
  });

  test("asks the next server when one is shut down", async () => {
    await open();
    line.frame({ id: "i2", event: "end", data: { data: { reason: "shutdown" } } });
    expect(hub.state.get()).toMatchObject({ phase: "offline", reason: "the server was shut down" });
    await vi.advanceTimersByTimeAsync(500);
    expect(line.opened.at(-1)).toBe("i2");
  });

  test("knows where a log stands by its bytes", async () => {
    hub.subscribe({ kind: "log", project: "p", task: "t", run: "r", stream: "stdout" }, told);
    line.begin("i0");
    line.tell("i1", "log", { offset: 10, text: "ü\n" });
    line.tell("i2", "log", { offset: 13, base64: "/w==" });
    line.fail(new Problem("usage", "too long"));
    await vi.advanceTimersByTimeAsync(500);
    line.begin("i0");
    await vi.advanceTimersByTimeAsync(0);
    expect(line.added.at(-1)).toMatchObject({ after: "14" });
  });

  test("drops what was closed before its addition arrived", async () => {
    const first = hub.subscribe({ kind: "events" }, told);
    hub.subscribe({ kind: "events" }, told);
    line.begin("i0");
    first.close();
    expect(line.dropped).toEqual([]);
    line.tell("i1", "added", {});
    expect(line.dropped).toEqual(["s0"]);
  });

  test("a subscription that ended or failed is no more", async () => {
    await open();
    line.tell("i2", "problem", { code: "not_found", message: "gone" });
    expect(told).toHaveBeenLastCalledWith({ kind: "problem", data: { code: "not_found", message: "gone" } });
    line.tell("i3", "event", { cursor: "j9" });
    expect(told).toHaveBeenCalledTimes(1);
  });
});
