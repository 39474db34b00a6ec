import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { route } from "~/route";
import { LOGIN, renderApp } from "./render";

vi.setConfig({ testTimeout: 60_000 });

async function card(name: string): Promise<HTMLElement> {
  const all = await screen.findAllByRole("article");
  const found = all.find((each) => within(each).queryByRole("link", { name }));
  if (!found) throw new Error(`no card of ${name}`);
  return found;
}

test("a host with a terminal takes over, and then hands back", async () => {
  const taken: unknown[] = [];
  const { user, world } = await renderApp("busy", LOGIN, (host) => {
    host.capabilities.takeOver = async (task) => void taken.push(task.task);
  });
  await user.click(await screen.findByRole("button", { name: "Take over in terminal" }));
  await screen.findByText(/^fix-login-redirect pauses when its turn is over/);
  expect(taken).toEqual(["task-20261120-134118-fix-login-redirect"]);
  const paused = { status: "paused" as const, reason: "paused by a person" };
  world.change("webshop", "task-20261120-134118-fix-login-redirect", "task.paused", paused);
  await user.click(await screen.findByRole("button", { name: "Hand back" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Hand back" })).toBeNull());
});

test("a host with a terminal opens one in the folder of a task, another does not offer it", async () => {
  const opened: unknown[] = [];
  const { user, host } = await renderApp("busy", LOGIN, (host) => {
    host.capabilities.openTerminal = async (path) => void opened.push(path);
  });
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Open a terminal here" }));
  await waitFor(() => expect(opened).toEqual(["/home/ada/src/webshop"]));
  delete host.capabilities.openTerminal;
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "terminal");
  expect(screen.queryByRole("option", { name: "Open a terminal here" })).toBeNull();
});

test("an app can be quit from its page, a browser's tab is closed by the browser", async () => {
  const quit = vi.fn(async () => undefined);
  const { user, host } = await renderApp("busy", "/fleet", (host) => {
    host.capabilities.quit = quit;
  });
  const find = async () => {
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "quit");
  };
  await find();
  await user.click(await screen.findByRole("option", { name: "Quit the app" }));
  await waitFor(() => expect(quit).toHaveBeenCalledOnce());
  delete host.capabilities.quit;
  await find();
  expect(screen.queryByRole("option", { name: "Quit the app" })).toBeNull();
});

test("another host gives the command that takes over", async () => {
  const { user } = await renderApp("busy", LOGIN);
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Copy the command that takes over" }));
  await screen.findByText(/^Copied\. It pauses the task/);
  expect(await navigator.clipboard.readText()).toBe(
    "run-agent takeover --open task-20261120-134118-fix-login-redirect",
  );
});

test("what waits for no answer can be gone on with where it waits", async () => {
  const { user, host } = await renderApp("busy", "/tasks");
  const failed = await card("e2e-flake");
  expect(within(failed).getByRole("button", { name: "With another agent…" })).toBeEnabled();
  await user.click(within(failed).getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(host.asked.map(({ operation }) => operation)).toContain("tasks_resume"));
  await user.click(within(await card("search-index")).getByRole("button", { name: "Look at it" }));
  expect(route()).toMatchObject({ page: "tasks", tab: "changes" });
});

test("the files of tools and the folder of a task open in the editor", async () => {
  const opened: unknown[] = [];
  const { user } = await renderApp("busy", LOGIN, (host) => {
    host.capabilities.openInEditor = async (place) => void opened.push(place.path);
  });
  const log = await screen.findByRole("log", { name: "Transcript" });
  await user.click(
    await within(log).findByRole("button", { name: /^Edit\s?src\/auth\/session.rs\s?\+3 −1/ }),
  );
  await user.click(within(log).getByRole("button", { name: "Open in editor" }));
  expect(opened).toEqual(["/home/ada/src/webshop/src/auth/session.rs"]);
});

test("the files that a task and its runs leave open in the editor", async () => {
  const opened: unknown[] = [];
  const { user } = await renderApp("busy", `${LOGIN}/files`, (host) => {
    host.capabilities.openInEditor = async (place) => void opened.push(place.path);
  });
  const list = await screen.findByRole("navigation", { name: /Files of the task/ });
  const bar = () => screen.findByRole("log", { name: "Raw log" });
  await user.click(await within(list).findByRole("link", { name: /^TASK.md/ }));
  await bar();
  const panel = list.parentElement as HTMLElement;
  await user.click(await within(panel).findByRole("button", { name: "Open in editor" }));
  await user.click(within(list).getAllByRole("link", { name: /^agent-stdout.txt/ })[0] as HTMLElement);
  await waitFor(() => expect(route().query.run).toBeDefined());
  await bar();
  await user.click(await within(panel).findByRole("button", { name: "Open in editor" }));
  const folder = `/home/ada/.conductor/${LOGIN.replace("/tasks/", "")}`;
  expect(opened).toEqual([`${folder}/TASK.md`, `${folder}/runs/${route().query.run}/agent-stdout.txt`]);
});
