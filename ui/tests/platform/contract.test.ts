// @vitest-environment node
import { afterEach, describe, expect, test, vi } from "vitest";
import { FakeHost, SCENES } from "~/platform/fake";
import type { Host } from "~/platform/host";
import { HttpHost } from "~/platform/http/host";
import type { LiveEvent } from "~/platform/live/live";
import type { Topic } from "~/platform/operations";
import { TauriHost } from "~/platform/tauri/host";
import { mockIpc } from "./ipc";
import { serve } from "./server";

const LOGIN = { project: "webshop", task: "task-20261120-134118-fix-login-redirect" };
const clock = { now: Date.now, random: () => 0 };
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const HOSTS: Record<string, (core: FakeHost) => Promise<Host>> = {
  fake: async (core) => core,
  http: async (core) => {
    const server = await serve(core, "secret");
    ends.push(server.close);
    return new HttpHost({ base: server.url, token: "secret", clock });
  },
  tauri: async (core) => new TauriHost(mockIpc(core).ipc, clock),
};

/** Messages on the bus that is followed. */
const SAID = 6;

describe.each(Object.entries(HOSTS))("the %s host", (_, make) => {
  async function begin() {
    const core = new FakeHost(SCENES.busy());
    const host = await make(core);
    ends.push(() => host.stop());
    return { core, host, world: core.world };
  }

  function follow(host: Host, topic: Topic, after?: string) {
    const events: LiveEvent[] = [];
    const subscription = host.live.subscribe(topic, (event) => events.push(event), after);
    const texts = () => events.map((event) => (event.kind === "message" ? event.data.body : event.kind));
    return { events, subscription, texts };
  }

  const isLive = (host: Host) => vi.waitFor(() => expect(host.live.state.get().phase).toBe("live"), 5000);

  test("does operations with their path, query and body", async () => {
    const { host } = await begin();
    const { title } = await host.request("tasks_show", { path: LOGIN });
    expect(title).toContain("login redirect");
    const page = await host.request("tasks_list", { query: { limit: 3, status: "completed" } });
    expect(page.items).toHaveLength(3);
    expect(page.next).toBeDefined();
    const { items } = await host.request("attention_list", {});
    const question = items.find((item) => item.kind === "question");
    const path = { project: "webshop", task: question?.task ?? "" };
    const answered = await host.request("tasks_answer", { path, body: { text: "Keep it" } });
    expect(answered.text).toBe("Keep it");
    expect(await host.request("tasks_archive", { path: LOGIN, body: { archived: true } })).toBeFalsy();
  });

  test("sends bytes as they are", async () => {
    const { host } = await begin();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const body = new Blob([bytes]);
    const { url } = await host.request("tasks_attach", { path: LOGIN, query: { name: "a b.bin" }, body });
    const kept = await host.file("tasks_file", { path: { ...LOGIN, name: url } });
    expect(kept.bytes).toEqual(bytes);
  });

  test("gives what it has again where that still holds, and what is new where not", async () => {
    const { host, world } = await begin();
    const asked = () => host.request("tasks_changes", { path: LOGIN, reuse: true });
    const first = await asked();
    expect(first.totals.files).toBeGreaterThan(5);
    expect(await asked()).toEqual(first);
    world.changes.delete(`${LOGIN.project}/${LOGIN.task}`);
    expect((await asked()).unavailable?.code).toBe("not_recorded");
  });

  test("refuses with the core's code, message and hint", async () => {
    const { host } = await begin();
    const asked = host.request("tasks_show", { path: { project: "webshop", task: "nothing" } });
    await expect(asked).rejects.toMatchObject({
      name: "Problem",
      code: "not_found",
      message: "webshop/nothing: no such task",
      hint: expect.stringContaining("run-agent list"),
    });
  });

  test("says that nobody answers", async () => {
    const { host, core } = await begin();
    core.transport.cut();
    await expect(host.request("attention_list", {})).rejects.toMatchObject({ code: "unreachable" });
  });

  test("gives up what was aborted", async () => {
    const { host } = await begin();
    const signal = AbortSignal.abort();
    await expect(host.request("attention_list", { signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  test("reads files, whole and in part", async () => {
    const { host } = await begin();
    const input = { path: { ...LOGIN, name: "TASK.md" } };
    const whole = await host.file("tasks_file", input);
    const text = new TextDecoder().decode(whole.bytes);
    expect(text).toMatch(/^Fix the login redirect/);
    expect(whole).toMatchObject({ from: 0, total: text.length });
    const part = await host.file("tasks_file", input, { from: 4, to: 7 });
    expect(new TextDecoder().decode(part.bytes)).toBe("the");
    expect(part).toMatchObject({ from: 4, total: text.length });
    const end = await host.file("tasks_file", input, { last: 3 });
    expect(new TextDecoder().decode(end.bytes)).toBe(text.slice(-3));
  });

  test("tells a topic from its start, then what comes", async () => {
    const { host, world } = await begin();
    const { texts } = follow(host, { kind: "messages", ...LOGIN });
    await vi.waitFor(() => expect(texts()).toHaveLength(SAID));
    world.post(LOGIN.project, LOGIN.task, { type: "INFO", body: "more" });
    await vi.waitFor(() => expect(texts().at(-1)).toBe("more"));
    expect(texts()).toHaveLength(SAID + 1);
    await isLive(host);
  });

  test("tells changes after a place, of what is asked for alone", async () => {
    const { host, world } = await begin();
    const { next } = await host.request("system_news", {});
    const all = follow(host, { kind: "events" }, next);
    const one = follow(host, { kind: "events", project: "infra" }, next);
    world.change(LOGIN.project, LOGIN.task, "task.paused", { status: "paused" });
    await vi.waitFor(() => expect(all.events).toHaveLength(1));
    expect(all.events[0]).toMatchObject({
      kind: "event",
      data: { kind: "task.paused", task: { status: "paused" } },
    });
    expect(one.events).toHaveLength(0);
  });

  test("tells a log by its bytes", async () => {
    const { host, world } = await begin();
    const { run_list } = await host.request("tasks_show", { path: LOGIN });
    const run = run_list.at(-1)?.run ?? "";
    const { events } = follow(host, { kind: "log", ...LOGIN, run, stream: "stderr" }, "5");
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({
      kind: "log",
      data: { offset: 5, text: expect.stringContaining("unused") },
    });
    world.append(`${LOGIN.project}/${LOGIN.task}/${run}/agent-stderr.txt`, "ü\n");
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(events[1]).toMatchObject({ data: { text: "ü\n" } });
  });

  test("heals a cut: nothing twice, nothing left out, and says so meanwhile", async () => {
    const { host, world, core } = await begin();
    const phases: string[] = [];
    host.live.state.watch(() => phases.push(host.live.state.get().phase));
    const { texts } = follow(host, { kind: "messages", ...LOGIN });
    await vi.waitFor(() => expect(texts()).toHaveLength(SAID));
    await isLive(host);
    core.transport.cut();
    await vi.waitFor(() => expect(host.live.state.get().phase).toBe("offline"));
    expect(host.live.state.get().retryAt).toBeDefined();
    world.post(LOGIN.project, LOGIN.task, { type: "INFO", body: "meanwhile" });
    const late = follow(host, { kind: "messages", ...LOGIN });
    core.transport.mend();
    host.live.retry();
    await vi.waitFor(() => expect(texts().at(-1)).toBe("meanwhile"), 5000);
    await isLive(host);
    expect(texts()).toHaveLength(SAID + 1);
    await vi.waitFor(() => expect(late.texts()).toHaveLength(SAID + 1));
    expect(phases.slice(-3)).toEqual(["offline", "catching_up", "live"]);
  });

  test("tells nothing after a subscription was closed, also over a cut", async () => {
    const { host, world, core } = await begin();
    const kept = follow(host, { kind: "messages", ...LOGIN });
    const closed = follow(host, { kind: "messages", ...LOGIN });
    await vi.waitFor(() => expect([kept.texts().length, closed.texts().length]).toEqual([SAID, SAID]));
    core.transport.cut();
    closed.subscription.close();
    core.transport.mend();
    host.live.retry();
    world.post(LOGIN.project, LOGIN.task, { type: "INFO", body: "after" });
    await vi.waitFor(() => expect(kept.texts().at(-1)).toBe("after"), 5000);
    expect(closed.texts()).toHaveLength(SAID);
  });

  test("tells who subscribed why it cannot be", async () => {
    const { host } = await begin();
    const { events } = follow(host, { kind: "messages", project: "webshop", task: "nothing" });
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({ kind: "problem", data: { code: "not_found" } });
  });

  test("rests when nothing is subscribed", async () => {
    const { host } = await begin();
    const { subscription, texts } = follow(host, { kind: "messages", ...LOGIN });
    await vi.waitFor(() => expect(texts()).toHaveLength(SAID));
    subscription.close();
    expect(host.live.state.get().phase).toBe("idle");
  });
});
