import { configure, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { TranscriptSearch } from "~/pages/tasks/tabs/transcript/search";
import { TranscriptStore } from "~/pages/tasks/tabs/transcript/store";
import { fakeHost } from "~/platform/fake";
import { route } from "~/route";
import { LOGIN, renderApp } from "../app/render";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });
beforeAll(() => import("~/pages/tasks/tabs/Transcript"));

async function opened() {
  const app = await renderApp("busy", LOGIN);
  const log = await app.screen.findByRole("log", { name: "Transcript" });
  await within(log).findByText(/Clippy wants the closure/);
  await app.user.keyboard("{Control>}f{/Control}");
  const box = await app.screen.findByRole("searchbox", { name: "Find" });
  return { ...app, log, box };
}

const current = (log: HTMLElement) => log.querySelector("[data-current]");

test("what is found in a folded use of a tool unfolds it, and is counted", async () => {
  const { screen, user, log, box } = await opened();
  expect(within(log).queryByText("exit 101", { selector: "pre *" })).toBeNull();
  await user.type(box, "USE A METHOD");
  await screen.findByText("1 of 1");
  await waitFor(() => expect(current(log)).toHaveTextContent(/error: use a method call\s?exit 101/));
  expect(route().query.find).toBe("USE A METHOD");
});

test("n and N go on and back, and Esc ends it", async () => {
  const { screen, user, log, box } = await opened();
  await user.type(box, "clippy");
  await screen.findByText("1 of 2");
  expect(current(log)).toHaveTextContent(/cargo clippy/);
  log.focus();
  await user.keyboard("n");
  await screen.findByText("2 of 2");
  expect(current(log)).toHaveTextContent(/Clippy wants/);
  await user.keyboard("n");
  await screen.findByText("1 of 2");
  await user.keyboard("N");
  await screen.findByText("2 of 2");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("searchbox", { name: "Find" })).toBeNull());
  expect(current(log)).toBeNull();
  await user.keyboard("/");
  await screen.findByRole("searchbox", { name: "Find" });
});

test("its keys are those that are set, and shift and a letter is a letter", async () => {
  const { app, screen, user, log, box } = await opened();
  app.preferences.set({ keys: { "read.findNext": "t", "list.filter": "q" } });
  await user.type(box, "clippy");
  await screen.findByText("1 of 2");
  log.focus();
  await user.keyboard("t");
  await screen.findByText("2 of 2");
  app.preferences.set({ letters: false });
  await user.keyboard("tN");
  await screen.findByText("2 of 2");
  app.preferences.set({ letters: true });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("searchbox", { name: "Find" })).toBeNull());
  await user.keyboard("q");
  await screen.findByRole("searchbox", { name: "Find" });
});

test("what comes while it is open is found, too", async () => {
  const { screen, user, world, box } = await opened();
  await user.type(box, "zebra");
  await screen.findByText("Nothing found");
  const task = "webshop/task-20261120-134118-fix-login-redirect";
  const run = world.runs.get(task)?.at(-1)?.run;
  const event = { offset: 0, end: 0, event: "text", text: "A zebra crossing." };
  world.append(`${task}/${run}/events.jsonl`, `${JSON.stringify(event)}\n`);
  await screen.findByText(/1 found|1 of 1/);
});

test("100,000 rows are searched whole, a slice at a time", async () => {
  const host = fakeHost("long");
  const detail = await host.request("tasks_show", {
    path: { project: "webshop", task: "task-20261120-035000-long-haul" },
  });
  const store = new TranscriptStore(host);
  store.setRuns(detail.run_list);
  const search = new TranscriptSearch(store, "case_777");
  await search.run();
  expect(store.rows.length).toBeGreaterThan(100_000);
  // case_777, case_7770 to case_7779, case_77700 to case_77799; those of rows that name their file.
  const named = store.rows.filter(
    (row) =>
      (row.kind === "tool" && JSON.stringify(row.input)?.includes("case_777")) ||
      (row.kind === "text" && row.text.includes("case_777")),
  );
  expect(search.value.get().ids).toEqual(named.map(({ id }) => id));
  expect(named.length).toBeGreaterThan(40);
  search.stop();
  store.stop();
});
