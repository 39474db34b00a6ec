import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { navigate, route, toTask } from "~/route";
import { renderApp } from "./render";

// The parts are loaded when they are shown first; a busy machine takes long to make them.
vi.setConfig({ testTimeout: 60_000 });
const LATER = { timeout: 15_000 };

function axumOf(world: { tasks: Map<string, unknown> }): string {
  return [...world.tasks.keys()].find((key) => key.endsWith("-upgrade-axum")) ?? "";
}

test("an attachment leads to what is in it", async () => {
  const { user, world } = await renderApp("busy");
  const key = axumOf(world);
  const [project = "", task = ""] = key.split("/");
  world.append(`${key}/ATTACH-notes.txt`, "as it was seen\n");
  world.post(project, task, {
    type: "USER",
    body: "See notes",
    links: [{ url: "ATTACH-notes.txt", label: "notes.txt", kind: "attachment" }],
  });
  navigate(toTask(project, task, "messages"));
  const log = await screen.findByRole("log", { name: "Messages" }, LATER);
  await user.click(await within(log).findByRole("link", { name: "notes.txt" }, LATER));
  expect(route()).toMatchObject({ tab: "files", query: { file: "ATTACH-notes.txt" } });
  await screen.findByText("as it was seen", undefined, LATER);
});

test("a message is found by its cursor, also text without a record", async () => {
  const { world } = await renderApp("busy");
  const key = axumOf(world);
  const [project = "", task = ""] = key.split("/");
  world.post(project, task, {
    type: "INFO",
    body: "echoed by hand",
    msg_id: undefined,
    cursor: "c-77",
    plain: true,
  });
  navigate(toTask(project, task, "messages", { at: "c-77" }));
  const found = await screen.findByText("All messages", { exact: false }, LATER);
  const main = found.closest("div")?.parentElement as HTMLElement;
  await within(main).findByText("echoed by hand", undefined, LATER);
  expect(within(main).getAllByRole("listitem")).toHaveLength(1);
});
