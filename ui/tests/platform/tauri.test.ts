import { expect, test, vi } from "vitest";
import { fakeHost } from "~/platform/fake";
import { TauriHost } from "~/platform/tauri/host";
import { DESKTOP, mockIpc } from "./ipc";

async function begin() {
  const core = fakeHost("busy");
  const window = mockIpc(core);
  const host = new TauriHost(window.ipc);
  await host.start();
  const { desktop } = host.capabilities;
  if (!desktop) throw new Error("no desktop");
  return { ...window, host, desktop, names: () => window.calls.map(([name]) => name) };
}

test("the page goes where the desktop tells it to", async () => {
  const { tell } = await begin();
  const gone = vi.fn();
  window.addEventListener("popstate", gone, { once: true });
  tell({ kind: "go", to: "/tasks/webshop/a%20task" });
  expect(location.pathname).toBe("/tasks/webshop/a%20task");
  expect(gone).toHaveBeenCalledOnce();
});

test("how the desktop is is known from the start, and read again when it is told to have changed", async () => {
  const { desktop, tell, change, fail } = await begin();
  expect(desktop.get()).toEqual(DESKTOP);
  fail("desktop_state", { code: "io", message: "gone" });
  tell({ kind: "changed" });
  await vi.waitFor(() => expect(desktop.problem.get()?.message).toBe("gone"));
  fail("desktop_state", undefined);
  change({ missing: [] });
  tell({ kind: "changed" });
  await vi.waitFor(() => expect(desktop.get()?.missing).toEqual([]));
});

test("where a file was kept is told each time", async () => {
  const { desktop, tell } = await begin();
  const told = vi.fn();
  desktop.kept.watch(told);
  tell({ kind: "saved", path: "/home/ada/log.txt" });
  tell({ kind: "saved", path: "/home/ada/log.txt" });
  expect(told).toHaveBeenCalledTimes(2);
  expect(desktop.kept.get()).toEqual({ path: "/home/ada/log.txt" });
});

test("what is set is as the desktop then tells it", async () => {
  const { desktop, calls } = await begin();
  await desktop.set({ autostart: true });
  expect(calls.at(-1)).toEqual(["desktop_set", { change: { autostart: true } }]);
  expect(desktop.get()?.autostart).toBe(true);
  await desktop.readEnvironment();
  expect(desktop.get()?.environment.took).toBe(90);
});

test("what cannot be done is told in the desktop's words", async () => {
  const { host } = await begin();
  const taken = host.capabilities.takeOver?.({ project: "webshop", task: "x" });
  await expect(taken).rejects.toMatchObject({ code: "missing", hint: expect.stringContaining("terminal") });
});

test("a stream that is opened anew is not closed by the one before", async () => {
  const { host, names } = await begin();
  const topic = { kind: "events" } as const;
  const subscription = host.live.subscribe(topic, () => undefined);
  await vi.waitFor(() => expect(names()).toContain("stream_add"));
  host.live.wake();
  await Promise.resolve();
  expect(names().filter((name) => name === "stream_open")).toHaveLength(2);
  expect(names()).not.toContain("stream_close");
  subscription.close();
  await vi.waitFor(() => expect(names()).toContain("stream_close"));
  host.stop();
});
