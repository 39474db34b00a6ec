import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeHost } from "~/platform/fake";
import type { AttentionItem } from "~/platform/operations";
import { Problem } from "~/platform/problem";
import { AppState } from "~/state/app";
import { isAsked } from "~/state/attention";
import { keyOf } from "~/state/keys";

const ends: AppState[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const app of ends.splice(0)) app.stop();
});

async function begin() {
  const host = fakeHost("busy");
  const app = new AppState(host);
  ends.push(app);
  await app.start();
  const item = (slug: string) => app.attention.value.get().find(({ task }) => task.endsWith(slug));
  return { host, app, world: host.world, item };
}

describe("what needs a person", () => {
  test("what another page did with an item is seen here", async () => {
    const { world, item } = await begin();
    world.handle(item("e2e-flake") as AttentionItem, { seen: true });
    await vi.waitFor(() => expect(item("e2e-flake")).toBeUndefined());
  });

  test("what another page put off comes back by itself", async () => {
    const { world, item, app } = await begin();
    world.handle(item("e2e-flake") as AttentionItem, { snoozedUntil: world.clock.now() + 60_000 });
    await vi.waitFor(() => expect(item("e2e-flake")).toBeUndefined());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await app.attention.load();
    world.clock.advance(61_000);
    await vi.advanceTimersByTimeAsync(62_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(item("e2e-flake")).toBeDefined());
  });

  test("an answer that comes too late says which one counts, or that the task has ended", async () => {
    const { app, world, host, item } = await begin();
    const billing = item("migrate-billing") as AttentionItem;
    const { project, task } = billing;
    await host.request("tasks_answer", { path: { project, task }, body: { text: "Drop it" } });
    await expect(app.attention.answer(billing, "Keep it")).rejects.toMatchObject({
      code: "late",
      message: "migrate-billing was answered meanwhile: “Drop it”",
      hint: undefined,
    });
    await vi.waitFor(() => expect(item("migrate-billing")).toBeUndefined());
    world.change(project, task, "task.completed", { status: "completed" });
    await expect(app.attention.answer(billing, "Keep it")).rejects.toMatchObject({
      code: "late",
      message: "migrate-billing has ended meanwhile: completed",
    });
  });

  test("an answer that is refused while the question is open is a failure", async () => {
    const { app, host, item } = await begin();
    const ask = host.request.bind(host);
    vi.spyOn(host, "request").mockImplementation((async (operation: never, input: never) => {
      if (operation === "tasks_answer") throw new Problem("conflict", "not now");
      return ask(operation, input);
    }) as never);
    await expect(app.attention.answer(item("migrate-billing") as AttentionItem, "Yes")).rejects.toThrow(
      "not now",
    );
  });

  test("an answer that was asked for earlier does not replace a later one", async () => {
    const { app, host } = await begin();
    const gates: (() => void)[] = [];
    const ask = host.request.bind(host);
    vi.spyOn(host, "request").mockImplementation((async (operation: never, input: never) => {
      const answer = await ask(operation, input);
      if (operation === "attention_list") await new Promise<void>((open) => gates.push(open));
      return gates.length === 1 ? { items: [] } : answer;
    }) as never);
    const [older, newer] = [app.attention.load(), app.attention.load()];
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    const count = app.attention.value.get().length;
    gates[1]?.();
    await newer;
    gates[0]?.();
    await older;
    expect(app.attention.value.get()).toHaveLength(count);
  });

  test("an answer names its question, which the messages show as open", async () => {
    const { app, host, world, item } = await begin();
    const asked = item("migrate-billing") as AttentionItem;
    const bus = world.messages.get(keyOf(asked)) ?? [];
    const open = () => bus.filter((message) => isAsked(app.attention.value.get(), message));
    expect(open().map(({ msg_id: id }) => id)).toEqual([asked.question]);
    await app.attention.answer(asked, "Keep it");
    const answer = host.asked.find(({ operation }) => operation === "tasks_answer");
    expect(answer?.input.body).toEqual({ text: "Keep it", question: asked.question });
    expect(open()).toEqual([]);
  });

  test("what was answered keeps its place for a while, and is answered once", async () => {
    const { app, host, world, item } = await begin();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const names = () => app.attention.shown.get().map(({ task }) => task.split("-").slice(3).join("-"));
    const before = names();
    const asked = item("migrate-billing") as AttentionItem;
    const answering = app.attention.answer(asked, "Keep it");
    // The core tells others of the answer before it tells us.
    await vi.advanceTimersByTimeAsync(200);
    await answering;
    expect(item("migrate-billing")).toBeUndefined();
    expect(names()).toEqual(before);
    expect(app.attention.shown.get()[1]).toMatchObject({ task: asked.task, answered: "Keep it" });
    await app.attention.answer(asked, "Drop it");
    const answers = () => host.asked.filter(({ operation }) => operation === "tasks_answer").length;
    expect(answers()).toBe(1);
    // What it asks next waits until then.
    const question = { msg_id: "MSG-next", text: "And now?", choices: ["a"], asked_at: world.clock.iso() };
    world.change(
      asked.project,
      asked.task,
      "task.waiting_answer",
      { status: "waiting_answer" },
      { question },
    );
    await vi.advanceTimersByTimeAsync(600);
    expect(names()).toEqual(before);
    await vi.advanceTimersByTimeAsync(800);
    expect(app.attention.shown.get().at(-1)).toMatchObject({ task: asked.task, text: "And now?" });
    expect(app.attention.shown.get()).toEqual(app.attention.value.get());
  });

  test("several that were answered close up one after the other; a refused answer changes nothing", async () => {
    const { app, world, item } = await begin();
    const question = { msg_id: "MSG-two", text: "Which?", choices: ["a"], asked_at: world.clock.iso(-100) };
    const task = world.task("webshop", "task-20261120-134642-upgrade-axum");
    world.change(
      "webshop",
      task?.task ?? "",
      "task.waiting_answer",
      { status: "waiting_answer" },
      { question },
    );
    await vi.waitFor(() => expect(item("upgrade-axum")).toBeDefined());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const names = () => app.attention.shown.get().map(({ task: each }) => each.split("-").slice(3).join("-"));
    const [first, flake, second, ...rest] = names();
    expect([first, second]).toEqual(["upgrade-axum", "migrate-billing"]);
    await app.attention.answer(item("upgrade-axum") as AttentionItem, "a");
    await vi.advanceTimersByTimeAsync(600);
    const refused = item("migrate-billing") as AttentionItem;
    vi.spyOn(app.host, "request").mockRejectedValueOnce(new Error("no"));
    await expect(app.attention.answer(refused, "Keep it")).rejects.toThrow("no");
    await app.attention.answer(refused, "Keep it");
    expect(names()).toEqual([first, flake, second, ...rest]);
    await vi.advanceTimersByTimeAsync(700);
    expect(names()).toEqual([flake, second, ...rest]);
    await vi.advanceTimersByTimeAsync(700);
    expect(names()).toEqual([flake, ...rest]);
  });

  test("a task that was put away elsewhere is gone from both lists, and is back when it is taken out", async () => {
    const { app, world, item } = await begin();
    const { project, task } = item("e2e-flake") as AttentionItem;
    world.putAway(keyOf({ project, task }), true);
    await vi.waitFor(() => expect(app.tasks.get({ project, task })).toBeUndefined());
    await vi.waitFor(() => expect(item("e2e-flake")).toBeUndefined());
    world.putAway(keyOf({ project, task }), false);
    await vi.waitFor(() => expect(app.tasks.get({ project, task })).toBeDefined());
    await vi.waitFor(() => expect(item("e2e-flake")).toBeDefined());
  });
});
