import { afterEach, describe, expect, test, vi } from "vitest";
import { takeOut } from "~/actions/do";
import { type FakeHost, fakeHost } from "~/platform/fake";
import type { LiveEvent } from "~/platform/live/live";
import type { Message, Operation, RunView } from "~/platform/operations";
import { Problem } from "~/platform/problem";
import { AppState } from "~/state/app";
import { keyOf, refOf } from "~/state/keys";
import { messageFeed } from "~/state/messages";
import { PreferencesStore } from "~/state/preferences";
import { read, write } from "~/state/storage";
import { followTail } from "~/state/tail";

const LOGIN = { project: "webshop", task: "task-20261120-134118-fix-login-redirect" };
const ends: AppState[] = [];
afterEach(() => {
  for (const app of ends.splice(0)) app.stop();
});

async function begin() {
  const host = fakeHost("busy");
  const app = new AppState(host);
  ends.push(app);
  return { host, app, world: host.world };
}

/** Refuses an operation while `isRefused`. */
function refuse(host: FakeHost, operation: Operation, isRefused: () => boolean) {
  const real = host.request.bind(host);
  host.request = async (asked, input) => {
    if (asked === operation && isRefused()) throw new Problem("internal", `no ${operation}`);
    return real(asked, input);
  };
}

/** Cuts the way to the core, does something, and mends it. */
async function whileCut(host: FakeHost, work: () => void | Promise<void>) {
  host.transport.cut();
  await vi.waitFor(() => expect(host.live.state.get().phase).toBe("offline"));
  await work();
  host.transport.mend();
  host.live.retry();
  await vi.waitFor(() => expect(host.live.state.get().phase).toBe("live"), 3000);
}

describe("what is followed", () => {
  test("an agent whose files could not be listed is followed when the way is back", async () => {
    const { app, host, world } = await begin();
    await app.start();
    const run = world.runs.get(keyOf(LOGIN))?.at(-1) as RunView;
    const told = vi.fn();
    await whileCut(host, () => {
      const leave = followTail(host, run, told);
      ends.push({ stop: leave } as AppState);
    });
    await vi.waitFor(() => expect(told).toHaveBeenCalled());
    const events = told.mock.calls.flatMap(([all]) => all.map(({ offset }: { offset: number }) => offset));
    expect(new Set(events).size).toBe(events.length);
  });

  test("who follows one agent shares one subscription, and who comes late is told what was", async () => {
    const { app, host, world } = await begin();
    await app.start();
    const run = world.runs.get(keyOf(LOGIN))?.at(-1) as RunView;
    const subscribe = vi.spyOn(host.live, "subscribe");
    const [early, late] = [vi.fn(), vi.fn()];
    const leave = followTail(host, run, early);
    await vi.waitFor(() => expect(early).toHaveBeenCalled());
    const leaveLate = followTail(host, run, late);
    expect(late.mock.calls.flat(2)).toEqual(early.mock.calls.flat(2));
    leave();
    const event = { offset: 0, end: 0, event: "text", text: "More." };
    world.append(`${keyOf(LOGIN)}/${run.run}/events.jsonl`, `${JSON.stringify(event)}\n`);
    await vi.waitFor(() => expect(late).toHaveBeenLastCalledWith([event]));
    expect(early).not.toHaveBeenLastCalledWith([event]);
    expect(subscribe).toHaveBeenCalledTimes(1);
    const close = vi.spyOn(subscribe.mock.results[0]?.value, "close");
    leaveLate();
    expect(close).toHaveBeenCalledTimes(1);
    followTail(host, run, early)();
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  test("a bus is read back by pages, each message once, until its first one", async () => {
    const { host, world } = await begin();
    const key = keyOf({ ...LOGIN, task: "long" });
    const second = (n: number) => new Date(Date.parse("2026-11-20T10:00:00Z") + n * 1000).toISOString();
    const all = Array.from({ length: 4000 }, (_, n): Message => {
      const id = `MSG-${String(n).padStart(6, "0")}`;
      // A long silence lies between; some tell no time.
      return {
        msg_id: id,
        cursor: id,
        ts: n % 7 ? second(n < 1000 ? n : n + 90_000) : undefined,
        type: "INFO",
        body: id,
      };
    });
    world.messages.set(key, all);
    const feed = messageFeed(host, { ...LOGIN, task: "long" });
    ends.push({ stop: feed.watch(() => undefined) } as AppState);
    await vi.waitFor(() => expect(feed.get().items).toHaveLength(200));
    let presses = 0;
    for (; feed.get().hasEarlier; presses += 1) {
      const before = feed.get().items.length;
      await feed.earlier();
      await vi.waitFor(() => expect(feed.get().items.length).toBeGreaterThan(before));
      expect(feed.get().items).toEqual(all.slice(-feed.get().items.length));
    }
    expect(feed.get().items).toEqual(all);
    expect(presses).toBeGreaterThan(4);
  });

  test("a bus that failed is followed when the way is back", async () => {
    const { app, host, world } = await begin();
    await app.start();
    let tell: ((event: LiveEvent) => void) | undefined;
    const subscribe = host.live.subscribe.bind(host.live);
    host.live.subscribe = (topic, hear, after) => {
      if (topic.kind === "messages") tell ??= hear;
      const subscription = subscribe(topic, hear, after);
      if (topic.kind === "messages" && tell === hear) subscription.close();
      return subscription;
    };
    const feed = messageFeed(host, LOGIN);
    ends.push({ stop: feed.watch(() => undefined) } as AppState);
    await vi.waitFor(() => expect(tell).toBeDefined());
    tell?.({ kind: "problem", data: { code: "internal", message: "no" } });
    await whileCut(host, () => undefined);
    world.post(LOGIN.project, LOGIN.task, { type: "INFO", body: "Here again" });
    await vi.waitFor(() => expect(feed.get().items.at(-1)?.body).toBe("Here again"));
  });
});

describe("the tasks", () => {
  test("are read in pages, then kept by the journal", async () => {
    const { app, world, host } = await begin();
    await app.start();
    expect(app.tasks.value.get().byKey.size).toBe(world.tasks.size);
    const lists = () => host.asked.filter(({ operation }) => operation === "tasks_list").length;
    const before = lists();
    world.change(LOGIN.project, LOGIN.task, "task.paused", { status: "paused" });
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)?.status).toBe("paused"));
    world.remove(LOGIN.project, LOGIN.task);
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)).toBeUndefined());
    expect(lists()).toBe(before);
  });

  test("what happens while they are read is not lost", async () => {
    const { app, world } = await begin();
    const started = app.start();
    await vi.waitFor(() => expect(app.host.live.state.get().phase).not.toBe("idle"));
    world.change(LOGIN.project, LOGIN.task, "task.paused", { status: "paused" });
    await started;
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)?.status).toBe("paused"));
  });

  test("are asked for again when nobody answered", async () => {
    const { app, host } = await begin();
    host.transport.cut();
    await app.start();
    expect(app.tasks.value.get()).toMatchObject({ phase: "failed", problem: { code: "unreachable" } });
    host.transport.mend();
    await vi.waitFor(() => expect(app.tasks.value.get().phase).toBe("ready"), 3000);
  });

  test("one list that is refused keeps nobody waiting, and is asked for again", async () => {
    const { app, host, world } = await begin();
    let refusals = 2;
    refuse(host, "attention_list", () => refusals-- > 0);
    await app.start();
    expect(app.tasks.value.get().phase).toBe("ready");
    expect(app.attention.value.get()).toEqual([]);
    world.change(LOGIN.project, LOGIN.task, "task.running", { iteration: 77 });
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)?.iteration).toBe(77));
    const lists = () => host.asked.filter(({ operation }) => operation === "tasks_list").length;
    const before = lists();
    await vi.waitFor(() => expect(app.attention.value.get().length).toBeGreaterThan(0), 4000);
    expect(lists()).toBe(before);
  });

  test("are asked for again whatever went wrong", async () => {
    const { app, host } = await begin();
    let isFirst = true;
    refuse(host, "system_news", () => isFirst);
    await app.start();
    expect(app.tasks.value.get()).toMatchObject({ phase: "failed", problem: { code: "internal" } });
    isFirst = false;
    await vi.waitFor(() => expect(app.tasks.value.get().phase).toBe("ready"), 3000);
  });

  test("two refusals at once are one", async () => {
    const { app, host } = await begin();
    const unheard = vi.fn();
    process.on("unhandledRejection", unheard);
    refuse(host, "tasks_list", () => true);
    refuse(host, "projects_list", () => true);
    await expect(app.tasks.load()).rejects.toThrow(/^no /);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", unheard);
    expect(unheard).not.toHaveBeenCalled();
  });

  test("one that is taken out comes back by itself", async () => {
    const { app, host, world } = await begin();
    world.archived.add(keyOf(LOGIN));
    await app.start();
    expect(app.tasks.get(LOGIN)).toBeUndefined();
    const lists = () => host.asked.filter(({ operation }) => operation === "tasks_list").length;
    const before = lists();
    await takeOut(app, LOGIN);
    expect(app.tasks.get(LOGIN)?.status).toBe("running");
    expect(app.tasks.value.get().byKey.get(keyOf(LOGIN))).toBe(app.tasks.get(LOGIN));
    expect(lists()).toBe(before);
  });

  test("many changes are one drawing", async () => {
    const { app, world } = await begin();
    await app.start();
    const drawn = vi.fn();
    app.tasks.value.watch(drawn);
    for (let turn = 0; turn < 100; turn += 1) {
      world.change(LOGIN.project, LOGIN.task, "task.running", { iteration: turn });
    }
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)?.iteration).toBe(99));
    expect(drawn.mock.calls.length).toBeLessThan(5);
  });
});

describe("a root that cannot be read", () => {
  const GONE = new Problem("not_found", "nothing is in /root: no task was started there");

  test("is known by any request that is refused, and all is read anew when it is back", async () => {
    const { app, host, world } = await begin();
    await app.start();
    const resource = app.resources.of("x", () => host.request("agents_list", {}));
    host.fault = GONE;
    resource.watch(() => undefined);
    await vi.waitFor(() => expect(app.fault.value.get()).toBe(GONE));
    await vi.waitFor(() => expect(resource.get().problem).toBe(GONE));
    world.tasks.delete(keyOf(LOGIN));
    host.fault = undefined;
    await vi.waitFor(() => expect(app.fault.value.get()).toBeUndefined(), 3000);
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)).toBeUndefined());
    await vi.waitFor(() => expect(resource.get().data).toBeDefined());
  });

  test("is told from a task that is not there", async () => {
    const { app, host } = await begin();
    await app.start();
    const before = host.asked.length;
    await host.request("tasks_show", { path: { project: "x", task: "y" } }).catch(() => undefined);
    await vi.waitFor(() =>
      expect(host.asked.slice(before).map(({ operation }) => operation)).toEqual([
        "tasks_show",
        "system_news",
      ]),
    );
    expect(app.fault.value.get()).toBeUndefined();
  });
});

describe("an answer by name", () => {
  test("is read again when its task changes, and while it is used", async () => {
    const { app, world } = await begin();
    await app.start();
    const load = vi.fn(async () => app.tasks.get(LOGIN)?.status);
    const resource = app.resources.of("x", load, LOGIN);
    expect(load).not.toHaveBeenCalled();
    const leave = resource.watch(() => undefined);
    await vi.waitFor(() => expect(resource.get()).toEqual({ data: "running", isLoading: false }));
    world.change(
      "infra",
      [...world.tasks.values()].find((task) => task.project === "infra")?.task ?? "",
      "x",
      {},
    );
    world.change(LOGIN.project, LOGIN.task, "task.paused", { status: "paused" });
    await vi.waitFor(() => expect(resource.get().data).toBe("paused"));
    expect(load).toHaveBeenCalledTimes(2);
    leave();
    world.change(LOGIN.project, LOGIN.task, "task.running", { status: "running" });
    await vi.waitFor(() => expect(app.tasks.get(LOGIN)?.status).toBe("running"));
    expect(load).toHaveBeenCalledTimes(2);
    expect(app.resources.of("x", load, LOGIN)).toBe(resource);
  });

  test("is read again when the way to the core was cut while it was read", async () => {
    const { app, host, world } = await begin();
    await app.start();
    const load = () => host.request("tasks_show", { path: LOGIN });
    const resource = app.resources.of("z", load, LOGIN);
    resource.watch(() => undefined);
    await vi.waitFor(() => expect(resource.get().data?.status).toBe("running"));
    world.change(LOGIN.project, LOGIN.task, "task.completed", { status: "completed" });
    host.transport.cut();
    await vi.waitFor(() => expect(resource.get().problem?.code).toBe("unreachable"));
    host.transport.mend();
    host.live.retry();
    await vi.waitFor(() => expect(resource.get().data?.status).toBe("completed"), 3000);
    expect(resource.get().problem).toBeUndefined();
  });

  test("is asked for again by itself when it could not be read at first", async () => {
    const { app } = await begin();
    let fails = 2;
    const load = vi.fn(async () => {
      if (fails-- > 0) throw new Problem("config", "config.yaml:3:1: unknown key");
      return 1;
    });
    const resource = app.resources.of("w", load);
    resource.watch(() => undefined);
    await vi.waitFor(() => expect(resource.get().problem?.code).toBe("config"));
    await vi.waitFor(() => expect(resource.get()).toEqual({ data: 1, isLoading: false }), 4000);
    const none = vi.fn(async () => Promise.reject(new Problem("not_found", "no such task")));
    app.resources.of("v", none).watch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(none).toHaveBeenCalledTimes(1);
  });

  test("keeps what it had when it cannot be read again", async () => {
    const { app } = await begin();
    let fails = false;
    const resource = app.resources.of("y", async () => {
      if (fails) throw new Error("gone");
      return 1;
    });
    resource.watch(() => undefined);
    await vi.waitFor(() => expect(resource.get().data).toBe(1));
    fails = true;
    app.resources.invalidate("y");
    await vi.waitFor(() => expect(resource.get()).toMatchObject({ data: 1, problem: { message: "gone" } }));
  });
});

describe("what is kept in this browser", () => {
  test("outlives a reload", () => {
    new PreferencesStore().set({ theme: "light", leftWidth: 300 });
    expect(new PreferencesStore().value.get()).toMatchObject({
      theme: "light",
      leftWidth: 300,
      rightWidth: 320,
    });
  });

  test("lasts for the page where storage throws", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    write("draft.a", "half a sentence");
    expect(read("draft.a")).toBe("half a sentence");
    write("draft.a", undefined);
    expect(read("draft.a")).toBeUndefined();
  });

  test("what cannot be read is as nothing", () => {
    localStorage.setItem("conductor.preferences", "{");
    expect(new PreferencesStore().value.get().theme).toBe("system");
  });
});

test("keys name tasks of other systems, too", () => {
  expect(refOf(keyOf({ project: "a", task: "b/c" }))).toEqual({ project: "a", task: "b/c" });
});
