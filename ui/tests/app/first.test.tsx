import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { LOGIN, renderApp } from "./render";

/** What is loaded when it is shown, or ticks. */
const LATER = { timeout: 5000 };

test("where nothing was done yet, one screen shows what is here and starts the first task", async () => {
  const { user, host } = await renderApp("empty");
  await screen.findByRole("heading", { name: "Welcome to Conductor Loop" });
  expect(await screen.findByRole("region", { name: "Found on this machine" })).toHaveTextContent(
    /claude.*ready.*gemini.*not logged in/,
  );
  const folder = screen.getByRole("textbox", { name: "Work in" });
  await waitFor(() => expect(folder).toHaveValue("/home/ada"));
  await user.click(screen.getByRole("button", { name: "Choose…" }));
  await user.click(await screen.findByRole("option", { name: /^src/ }));
  await user.click(await screen.findByRole("option", { name: /^webshop/ }));
  await screen.findByText("/home/ada/src/webshop");
  await user.click(screen.getByRole("button", { name: /^Use this folder/ }));
  expect(folder).toHaveValue("/home/ada/src/webshop");
  await user.type(screen.getByRole("textbox", { name: "What should be done" }), "Paint the door");
  await user.click(screen.getByRole("button", { name: "Read" }));
  await user.click(screen.getByRole("button", { name: "Start the first task" }));
  await waitFor(() => expect(location.pathname).toMatch(/^\/tasks\/webshop\/task-.*paint-the-door$/));
  expect(host.asked.find(({ operation }) => operation === "tasks_create")?.input.body).toEqual({
    prompt: "Paint the door",
    cwd: "/home/ada/src/webshop",
    access: "read",
  });
});

/** The task of a demo. */
const DEMO = /^\/tasks\/demo(-2)?\/task-.*make-every-check/;

test("the demo is one click away, and leads to its task", async () => {
  const { user, host } = await renderApp("empty");
  await user.click(await screen.findByRole("button", { name: "Try the demo" }));
  await waitFor(() => expect(location.pathname).toMatch(DEMO));
  expect(host.asked.filter(({ operation }) => operation === "tasks_demo")).toHaveLength(1);
  await screen.findByRole("heading", { name: /make-every-check/ });
});

test("where no task is open, and in the palette, the demo is offered too", async () => {
  const { user, host } = await renderApp("busy", "/tasks");
  await user.click(await screen.findByRole("button", { name: "Try the demo" }));
  await waitFor(() => expect(location.pathname).toMatch(DEMO));
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", undefined, LATER), "demo");
  await user.click(await screen.findByRole("option", { name: /Try the demo/ }));
  await waitFor(() => expect(location.pathname).toMatch(/^\/tasks\/demo-2\//));
  expect(host.asked.filter(({ operation }) => operation === "tasks_demo")).toHaveLength(2);
});

test("what keeps the demo from being started is said, with what to do", async () => {
  const { user } = await renderApp("empty", "/", (host) => {
    host.world.startsNothing = true;
  });
  const button = await screen.findByRole("button", { name: "Try the demo" });
  await user.click(button);
  await screen.findByText(/started with --no-start/);
  expect(button).toBeEnabled();
});

test("a page that may only look is told that nothing was done", async () => {
  await renderApp("empty", "/", (host) => host.lookOnly());
  await screen.findByText("Nothing was done here yet");
  expect(screen.queryByRole("button", { name: "Start the first task" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Try the demo" })).toBeNull();
});

test("every state shows its evidence on demand", async () => {
  const { user } = await renderApp("busy", LOGIN);
  await user.click(await screen.findByRole("button", { name: /^Evidence/ }, LATER));
  const details = screen.getByRole("complementary", { name: "Details" });
  await waitFor(() => expect(details).toHaveTextContent(/Session\s*0f7c41aa/));
  expect(details).toHaveTextContent(/Last sign.*ago, output/);
  expect(details).toHaveTextContent(/Lock/);
  await user.click(screen.getByRole("button", { name: /^Runs/ }));
  expect(details).toHaveTextContent(/completed · exit 0/);
});

test("while the way is cut, the page says how old it is and what goes on", async () => {
  const { host, world } = await renderApp("busy", LOGIN);
  await screen.findByText("Live");
  host.transport.cut();
  await screen.findByText("Offline");
  world.clock.advance(180_000);
  await screen.findByText(/Agents go on working.*What you see is 3 min old/, undefined, LATER);
  host.transport.mend();
  host.live.retry();
  await screen.findByText(/What happened meanwhile is being read/);
  await waitFor(() => expect(screen.queryByText(/Agents go on working/)).toBeNull());
});
