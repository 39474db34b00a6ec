import { configure, fireEvent, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type FakeHost, fakeHost } from "~/platform/fake";
import { route } from "~/route";
import { LOGIN, renderApp } from "../app/render";

const TASK = { project: "webshop", task: "task-20261120-134118-fix-login-redirect" };
const BILLING = "/tasks/webshop/task-20261120-130400-migrate-billing";

// The parts are loaded when they are shown first; a busy machine takes long to make them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });
beforeAll(async () => {
  const tabs = ["Transcript", "Log", "Timeline", "Files"];
  await Promise.all(tabs.map((name) => import(`../../src/pages/tasks/tabs/${name}.tsx`)));
});

function fileOf({ world }: FakeHost, name: string): string {
  const run = world.runs.get(`${TASK.project}/${TASK.task}`)?.at(-1)?.run;
  return `${TASK.project}/${TASK.task}/${run}/${name}`;
}

test("the transcript tells all runs: texts, tools in one line, what came of them", async () => {
  const { screen, user } = await renderApp("busy", LOGIN);
  const log = await screen.findByRole("log", { name: "Transcript" });
  await within(log).findByText(/Clippy wants the closure/);
  await within(log).findByText(/how a session is made/);
  expect(within(log).getByRole("heading", { name: /^Run 2\s?claude · opus/ })).toHaveTextContent(
    "122 k in, 6.0 k out",
  );
  expect(within(log).getByRole("button", { name: /^failed\s?Shell\s?cargo clippy/ })).toHaveTextContent(
    "exit 101",
  );
  const edit = within(log).getByRole("button", { name: /^Edit\s?src\/auth\/session.rs\s?\+3 −1/ });
  expect(edit).toHaveAttribute("aria-expanded", "false");
  await user.click(edit);
  expect(within(log).getByText("Redirect::to(request.uri().path())", { exact: false })).toBeInTheDocument();
  await user.click(edit);
  // Folded, the line notes what came of it; unfolded, the output stands below.
  expect(within(log).getAllByText(/Summary: 41 tests run/)).toHaveLength(1);
  await user.keyboard("z");
  await waitFor(() => expect(within(log).getAllByText(/Summary: 41 tests run/)).toHaveLength(2));
});

test("the transcript goes on live, and is nothing but text", async () => {
  const { screen, host } = await renderApp("busy", LOGIN);
  const log = await screen.findByRole("log", { name: "Transcript" });
  await within(log).findByText(/Clippy wants the closure/);
  const tell = (event: object) =>
    host.world.append(fileOf(host, "events.jsonl"), `${JSON.stringify({ offset: 0, end: 0, ...event })}\n`);
  tell({ event: "tool_result", id: "t6", output: "edited", is_error: false });
  tell({ event: "text", text: "<img src=x onerror=alert(1)> see ![p](https://evil.example/p.png)" });
  tell({ event: "text", text: " and more", delta: true });
  await within(log).findByText(/and more/);
  expect(log.querySelector("img")).toBeNull();
  expect(log).toHaveTextContent("<img src=x onerror=alert(1)>");
  expect(within(log).getByRole("button", { name: "https://evil.example/p.png" })).toBeInTheDocument();
  expect(within(log).queryByRole("img", { name: "at work" })).toBeNull();
});

test("a run of the address is gone to once: what is read then stays where it is", async () => {
  // Low enough for the transcript to scroll.
  const as = (value: number) =>
    Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value });
  as(120);
  onTestFinished(() => void as(900));
  const run = fakeHost("busy").world.runs.get(`${TASK.project}/${TASK.task}`)?.at(-1)?.run;
  const { screen, user, host } = await renderApp("busy", `${LOGIN}?run=${run}`);
  const log = await screen.findByRole("log", { name: "Transcript" });
  await within(log).findByRole("heading", { name: /^Run 2/ });
  await waitFor(() => expect(log.scrollTop).toBeGreaterThan(0));
  log.scrollTop = 40;
  fireEvent.scroll(log);
  await user.keyboard("z");
  await screen.findByRole("button", { name: "Fold all" });
  const event = { offset: 0, end: 0, event: "text", text: "More of it." };
  host.world.append(fileOf(host, "events.jsonl"), `${JSON.stringify(event)}\n`);
  await screen.findByRole("button", { name: /1 new/ });
  expect(log.scrollTop).toBe(40);
});

test("what could not be read of the transcript says why, and is read when the way is back", async () => {
  const { screen, user } = await renderApp("busy", LOGIN, (host) => {
    const real = host.file.bind(host);
    let isFirst = true;
    host.file = (operation, input, range) => {
      if (!isFirst) return real(operation, input, range);
      isFirst = false;
      return Promise.reject(new Error("the disk is away"));
    };
  });
  await screen.findByText("The disk is away");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText(/Clippy wants the closure/);
});

test("the raw log has its colours, shows what acts, and goes on live", async () => {
  const { screen, user, host } = await renderApp("busy", `${LOGIN}/log`);
  await user.click(await screen.findByRole("button", { name: "stderr" }));
  const log = await screen.findByRole("log", { name: "Raw log" });
  const warning = await within(log).findByText("warning");
  expect(warning.closest("span")?.className).toMatch(/yellow/);
  expect(log).toHaveTextContent("^[[2K^[[1G downloading 3 of 9^G");
  host.world.append(fileOf(host, "agent-stderr.txt"), "half a li");
  await within(log).findByText("half a li");
  host.world.append(fileOf(host, "agent-stderr.txt"), "ne\n");
  await within(log).findByText("half a line");
});

test("finds in the whole log, goes through the finds and forgets them", async () => {
  const { screen, user } = await renderApp("busy", `${LOGIN}/log`, (fake) => {
    fake.world.append(fileOf(fake, "agent-stdout.txt"), "needle one\nthen\nNEEDLE two\n");
  });
  await screen.findByText("needle one");
  await user.keyboard("{Control>}f{/Control}");
  await user.type(screen.getByRole("searchbox", { name: "Find" }), "needle");
  await screen.findByText(/^[12] of 2$/);
  expect(route().query.find).toBe("needle");
  expect(screen.getAllByText(/^needle$/i)).toHaveLength(2);
  await user.keyboard("{Enter}");
  await user.clear(screen.getByRole("searchbox", { name: "Find" }));
  await user.type(screen.getByRole("searchbox", { name: "Find" }), "nowhere");
  await screen.findByText("Nothing found");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("searchbox", { name: "Find" })).toBeNull();
});

test("says when a log was replaced", async () => {
  let told: ((event: { kind: "reset"; data: { offset: number; reason: string } }) => void) | undefined;
  const { screen } = await renderApp("busy", `${LOGIN}/log`, (host) => {
    const real = host.live.subscribe.bind(host.live);
    vi.spyOn(host.live, "subscribe").mockImplementation((topic, hear, after) => {
      if (topic.kind === "log" && topic.stream === "stdout") told = hear;
      return real(topic, hear, after);
    });
  });
  await screen.findByRole("log", { name: "Raw log" });
  await vi.waitFor(() => expect(told).toBeDefined());
  told?.({ kind: "reset", data: { offset: 0, reason: "truncated" } });
  await screen.findByText(/The log was cut short/);
});

test("each bar of the timeline leads to its evidence", async () => {
  const { screen } = await renderApp("busy", `${LOGIN}/timeline`);
  const picture = await screen.findByRole("group", { name: /Who ran when/ });
  const bar = (name: RegExp) => picture.querySelector(`a[aria-label*="${name.source}"]`);
  await vi.waitFor(() => expect(bar(/usage limit/)).not.toBeNull());
  expect(bar(/fix-login-redirect: waits for you/)?.getAttribute("href")).toMatch(/\/messages$/);
  expect(bar(/Run 2, claude: running/)?.getAttribute("href")).toMatch(/\/transcript\?run=/);
  expect(bar(/write-regression-test: running/)).not.toBeNull();
  expect(screen.getByText("Run 2 started with claude")).toBeInTheDocument();
});

test("what a task belongs to is a graph", async () => {
  const { screen } = await renderApp("busy", `${BILLING}/timeline`);
  const part = await screen.findByRole("region", { name: "What it belongs to" });
  expect(within(part).getByRole("link", { name: /rename-orders/ })).toHaveAttribute(
    "href",
    expect.stringContaining("rename-orders/timeline"),
  );
});

test("files of the task and its runs are listed and shown", async () => {
  const { screen, user } = await renderApp("busy", `${LOGIN}/files`, (host) => {
    host.world.append(fileOf(host, "core.bin"), "a\u0000b");
  });
  const list = await screen.findByRole("navigation", { name: /Files of the task/ });
  await user.click(await within(list).findByRole("link", { name: /^TASK.md/ }));
  expect(await screen.findByRole("log", { name: "Raw log" })).toHaveTextContent("Fix the login redirect");
  await user.click(within(list).getByRole("link", { name: /^core.bin/ }));
  await screen.findByText(/This is no text: 3 B/);
  expect(screen.getByRole("button", { name: "Download" })).toBeInTheDocument();
});
