import { configure, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { linesOf } from "~/pages/tasks/tabs/changes/patch";
import type { FakeHost } from "~/platform/fake";
import { Problem } from "~/platform/problem";
import { route } from "~/route";
import { LOGIN, renderApp } from "../app/render";

const CHANGES = `${LOGIN}/changes`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });
beforeAll(() => import("~/pages/tasks/tabs/Changes"));

const asked = (host: FakeHost, operation: string) =>
  host.asked.filter((each) => each.operation === operation).map(({ input }) => input);

async function shown(address = CHANGES, prepare?: (host: FakeHost) => void) {
  const app = await renderApp("busy", address, prepare);
  const list = await app.screen.findByRole("region", { name: "Changed files" });
  return { ...app, list };
}

const file = (list: HTMLElement, name: RegExp) => within(list).findByRole("button", { name });

test("it tells since when, until when, how much, and each file with its kind", async () => {
  const { list, screen } = await shown();
  expect(list).toHaveTextContent(/Since.*9fceb02d.*on main.*Until\s?now.*1a410efb/);
  expect(list).toHaveTextContent("What was in no commit then is not shown as changed.");
  expect(list).toHaveTextContent("The task works in auth; what is shown is of the whole repository");
  const bar = screen.getByText("10 files");
  expect(bar.parentElement).toHaveTextContent(/66.026 lines added, 13 removed/);
  await file(list, /deleted\s?auth\/src\/legacy\.rs.*0 lines added, 7 removed/);
  await file(list, /renamed\s?auth\/tests\/redirect\.rs\s?from auth\/tests\/login_redirect\.rs/);
  await file(list, /modified\s?auth\/static\/login\.png\s?binary, 48 kB/);
  expect(list.textContent).toContain('"auth/\\344rger.txt"');
});

test("a file unfolds to its lines, with numbers before and after, and signs", async () => {
  const { list, user, host } = await shown();
  await user.click(await file(list, /session\.rs/));
  const gone = await within(list).findByText("Redirect::to(request.uri().path())", { exact: false });
  expect(gone.closest("div")).toHaveTextContent(/^41−removed: /);
  const come = within(list).getByText("let target = request", { exact: false });
  expect(come.closest("div")).toHaveTextContent(/^41\+added: /);
  expect(within(list).getAllByText("no newline at the end")).toHaveLength(1);
  expect(asked(host, "tasks_patch")).toEqual([
    { path: expect.anything(), query: { path: "auth/src/session.rs", context: undefined } },
  ]);
  expect(route().query.file).toBe("auth/src/session.rs");
  await user.click(await file(list, /session\.rs/));
  await waitFor(() => expect(list).not.toHaveTextContent("let target"));
  expect(route().query.file).toBeUndefined();
});

test("what acts or hides in a line is seen, and nothing is markup", async () => {
  const { list } = await shown(`${CHANGES}?file=auth%2Fsrc%2Ftarget.rs`);
  await within(list).findByText("U+202E");
  expect(list.querySelector("script, img")).toBeNull();
});

test("what was cut, what is no text and what has no lines is said", async () => {
  const { list, user } = await shown(`${CHANGES}?file=%22auth%2F%5C344rger.txt%22`);
  await within(list).findByText("Bytes that are no text are shown as �");
  await user.click(await file(list, /rger\.txt/));
  await user.click(await file(list, /login\.png/));
  await within(list).findByText(/it is no text, or over 8 MiB/);
  await user.click(await file(list, /login\.png/));
  await user.click(await file(list, /deploy\.sh/));
  await within(list).findByText("new mode 100755");
});

test("a diff that is too long is drawn in part, and says where it ends", async () => {
  const { list } = await shown(`${CHANGES}?file=package-lock.json`);
  await within(list).findByText(/node_modules\/package-0"/);
  expect(list.querySelectorAll("bdi").length).toBeLessThan(400);
});

test("commits and what is left out unfold, with the reason", async () => {
  const { list, user } = await shown();
  await user.click(await file(list, /^Commits\s?2/));
  await within(list).findByText("Refuse targets on another host");
  await user.click(await file(list, /^Left out\s?5/));
  const folder = await within(list).findByText("node_modules/");
  expect(folder.closest("div")).toHaveTextContent(/more than 2 000 files.*31 480 files, 412 MB/);
});

test("what cannot be shown says why, in the core's words", async () => {
  const { screen } = await renderApp("busy", "/tasks/webshop/task-20261120-131900-docs-search/changes");
  await screen.findByText(/^\/home\/ada\/notes is in no git repository\. Changes are told by git/);
});

test("what could not be asked says why and is asked again", async () => {
  const { screen, user } = await renderApp("busy", CHANGES, (host) => {
    const real = host.request.bind(host);
    let isFirst = true;
    host.request = (async (operation: never, input: never) => {
      if (operation !== "tasks_changes" || !isFirst) return real(operation, input);
      isFirst = false;
      throw new Problem("io", "the disk is away");
    }) as never;
  });
  await screen.findByText("The disk is away");
  for (const button of screen.getAllByRole("button", { name: "Try again" })) await user.click(button);
  await screen.findByRole("region", { name: "Changed files" });
});

test("j and k go through the files, Enter unfolds, and brackets do it from anywhere", async () => {
  const { list, user } = await shown();
  await file(list, /legacy\.rs/);
  list.focus();
  await user.keyboard("j");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-file", "auth/src/legacy.rs"));
  await user.keyboard("j");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-file", "auth/src/session.rs"));
  await user.keyboard("{Enter}");
  await within(list).findByText("let target = request", { exact: false });
  await user.keyboard("k");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-file", "auth/src/legacy.rs"));
  await user.keyboard("]");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-file", "auth/src/session.rs"));
});

test("a file is opened in the editor where that can be, at the line of a hunk", async () => {
  const opened: unknown[] = [];
  const { list, user } = await shown(`${CHANGES}?file=auth%2Fsrc%2Fsession.rs`, (host) => {
    host.capabilities.openInEditor = async (place) => void opened.push(place);
  });
  await user.click(await file(list, /^Open line 38 in editor/));
  expect(opened).toEqual([{ path: "/home/ada/src/webshop/auth/src/session.rs", line: 38 }]);
  // One that is gone, and one whose name is no text, cannot be opened: eight of ten can.
  expect(within(list).getAllByRole("button", { name: "Open in editor" })).toHaveLength(8);
});

test("it is asked again when a tool was used, but not each time, and when a person wants it", async () => {
  const { list, user, host, world, screen } = await shown();
  await file(list, /legacy\.rs/);
  const run = world.runs.get("webshop/task-20261120-134118-fix-login-redirect")?.at(-1)?.run;
  const before = asked(host, "tasks_changes").length;
  world.clock.advance(60_000);
  for (let n = 0; n < 5; n += 1) {
    const event = { offset: 0, end: 0, event: "tool_result", id: `x${n}`, output: "", is_error: false };
    world.append(
      `webshop/task-20261120-134118-fix-login-redirect/${run}/events.jsonl`,
      `${JSON.stringify(event)}\n`,
    );
  }
  await waitFor(() => expect(asked(host, "tasks_changes")).toHaveLength(before + 1));
  await screen.findByText("as of 13:51:00");
  world.clock.advance(1000);
  await user.click(screen.getByRole("button", { name: "Look again" }));
  await screen.findByText("as of 13:51:01");
  expect(asked(host, "tasks_changes")).toHaveLength(before + 2);
});

test("the details tell how much changed, and lead to it", async () => {
  const { screen, user } = await renderApp("busy", LOGIN);
  await user.click(await screen.findByRole("link", { name: /^10 files\s?2 commits\s?\+66.026 −13/ }));
  await screen.findByRole("region", { name: "Changed files" });
});

test("lines are what the counts of their hunk say, however they look", () => {
  const patch =
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,3 +3,3 @@ fn x\n same\n--- gone\n-diff --git a b\n++++ come\n+@@ -1 +1 @@\n";
  expect(linesOf(patch)).toEqual([
    { kind: "hunk", at: 3, range: "@@ -3,3 +3,3 @@", text: "fn x" },
    { kind: "same", old: 3, now: 3, text: "same" },
    { kind: "del", old: 4, text: "-- gone" },
    { kind: "del", old: 5, text: "diff --git a b" },
    { kind: "add", now: 4, text: "+++ come" },
    { kind: "add", now: 5, text: "@@ -1 +1 @@" },
  ]);
});

test("many files are filtered by their paths", async () => {
  const { list, user, screen } = await shown("/tasks/webshop/task-20261120-134642-upgrade-axum/changes");
  await file(list, /orders\/v0\.rs/);
  list.focus();
  await user.keyboard("/");
  const box = screen.getByRole("searchbox", { name: "Filter by path" });
  expect(box).toHaveFocus();
  await user.type(box, "CARTS");
  await waitFor(() => expect(within(list).queryByText("v0.rs")).toBeNull());
  await file(list, /carts\/v1\.rs/);
  await user.type(box, "x");
  await within(list).findByText("No file matches");
  await user.keyboard("{Escape}");
  await file(list, /orders\/v0\.rs/);
});
