import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { announce, toast } from "~/look";
import { Problem } from "~/platform/problem";
import { LOGIN, renderApp } from "./render";

const strip = () => screen.getByRole("banner");
const needs = () => screen.getByRole("region", { name: "Needs you" });

describe("the strip", () => {
  test("counts each task once, and filters when a count is pressed", async () => {
    const { user } = await renderApp("busy");
    const counts = await within(strip()).findByRole("navigation", { name: "Tasks by state" });
    expect(counts).toHaveTextContent(/3need you.*3running.*1waits for quota.*2queued.*1paused/);
    await user.click(within(counts).getByText("paused"));
    expect(location.search).toBe("?show=paused");
    await waitFor(() =>
      expect(screen.getAllByRole("treeitem").map((row) => row.textContent)).toHaveLength(2),
    );
    await user.click(within(counts).getByText("paused"));
    expect(location.search).toBe("");
  });

  test("offers to resume all in the place of pausing, where all that is active is paused", async () => {
    const { user, world, host } = await renderApp("busy");
    await within(strip()).findByRole("button", { name: "Pause all" });
    for (const { project, task, status } of [...world.tasks.values()])
      if (["running", "queued", "waiting", "waiting_quota"].includes(status))
        world.change(project, task, "task.paused", { status: "paused" });
    const paused = [...world.tasks.values()].filter(({ status }) => status === "paused").length;
    await user.click(await within(strip()).findByRole("button", { name: `Resume all (${paused})` }));
    expect(host.asked.map(({ operation }) => operation)).not.toContain("tasks_resume");
    await user.click(await screen.findByRole("button", { name: `Resume ${paused} tasks` }));
    await screen.findByText(`${paused} go on`);
    expect(host.asked.filter(({ operation }) => operation === "tasks_resume")).toHaveLength(paused);
    await within(strip()).findByRole("button", { name: "Pause all" });
  });

  test("says while the machine is kept awake, and not a moment longer", async () => {
    const { world } = await renderApp("busy");
    await within(strip()).findByText("kept awake");
    for (const { project, task, status } of [...world.tasks.values()])
      if (status === "running") world.change(project, task, "task.paused", { status: "paused" });
    await waitFor(() => expect(within(strip()).queryByText("kept awake")).toBeNull());
  });

  test("says how the page stands with the core", async () => {
    const { host } = await renderApp("busy");
    await within(strip()).findByText("Live");
    host.transport.cut();
    await within(strip()).findByText("Offline");
    host.transport.mend();
    host.live.retry();
    await within(strip()).findByText("Catching up");
    await within(strip()).findByText("Live");
  });
});

test("a root that is gone is said as soon as a request is refused, until it is back", async () => {
  const { user, host } = await renderApp("busy");
  await within(strip()).findByText("Live");
  const choice = await within(await screen.findByRole("region", { name: "Needs you" })).findByText("Keep it");
  host.fault = new Problem("not_found", "nothing is in /root: no task was started there");
  await user.click(choice);
  const said = await screen.findByText(/Until that is mended/);
  expect(said).toHaveTextContent(/^Nothing is in \/root: no task was started there/);
  expect(within(strip()).getByText("In trouble")).toBeVisible();
  host.fault = undefined;
  await waitFor(() => expect(screen.queryByText(/Until that is mended/)).toBeNull());
  await within(strip()).findByText("Live");
});

describe("needs you", () => {
  test("a question is answered in place", async () => {
    const { user, host } = await renderApp("busy");
    await user.click(
      await within(await screen.findByRole("region", { name: "Needs you" })).findByText("Keep it"),
    );
    await waitFor(() => expect(within(needs()).queryByText("migrate-billing")).toBeNull());
    const answer = host.asked.find(({ operation }) => operation === "tasks_answer");
    expect(answer?.input).toMatchObject({ path: { project: "webshop" }, body: { text: "Keep it" } });
  });

  test("who comes second is told what counts, as no failure", async () => {
    const { user, world } = await renderApp("busy");
    const choice = await within(await screen.findByRole("region", { name: "Needs you" })).findByText(
      "Keep it",
    );
    // Another page was first, and the journal has not told of it yet.
    const billing = [...world.tasks.values()].find(({ task }) => task.endsWith("migrate-billing"));
    const extra = world.extras.get(`webshop/${billing?.task}`);
    const parents = [{ msg_id: extra?.question?.msg_id ?? "", kind: "answers" }];
    world.post("webshop", billing?.task ?? "", { type: "ANSWER", body: "Drop it", parents });
    if (extra) extra.question = undefined;
    await user.click(choice);
    const note = await screen.findByText("migrate-billing was answered meanwhile: “Drop it”");
    expect(note.closest("[class*=toast]")?.className).not.toMatch(/problem/);
  });

  test("keys answer the question of the open task", async () => {
    const { user, host, world } = await renderApp("busy");
    const billing = [...world.tasks.values()].find(({ task }) => task.endsWith("migrate-billing"));
    await user.click(
      await within(await screen.findByRole("region", { name: "Needs you" })).findByText("migrate-billing"),
    );
    expect(location.pathname).toBe(`/tasks/webshop/${billing?.task}`);
    await user.keyboard("2");
    await waitFor(() => expect(host.asked.map(({ operation }) => operation)).toContain("tasks_answer"));
    expect(host.asked.findLast(({ operation }) => operation === "tasks_answer")?.input.body).toMatchObject({
      text: "Drop it",
    });
  });

  test("keys do not answer for a task while another one is open", async () => {
    const { user, host } = await renderApp("busy", LOGIN, ({ world }) => {
      for (const item of world.attention())
        if (item.kind !== "question") world.handle(item, { archived: true });
    });
    const card = (
      await within(await screen.findByRole("region", { name: "Needs you" })).findByText("Keep it")
    ).closest("article") as HTMLElement;
    expect(card.querySelector("kbd")).toBeNull();
    await user.keyboard("1r");
    expect(within(card).queryByRole("textbox")).toBeNull();
    expect(host.asked.map(({ operation }) => operation)).not.toContain("tasks_answer");
  });

  test("where no task is open they answer the card that shows them, while it is seen", async () => {
    const { user, host } = await renderApp("busy");
    const card = (
      await within(await screen.findByRole("region", { name: "Needs you" })).findByText("Keep it")
    ).closest("article") as HTMLElement;
    expect(card).toHaveTextContent(/Keep it\s*1.*Drop it\s*2/);
    const away = { top: 2000, bottom: 2020 } as DOMRect;
    const place = vi.spyOn(card.querySelector("[id^=reply]") as Element, "getBoundingClientRect");
    place.mockReturnValue(away);
    await user.keyboard("2");
    expect(host.asked.map(({ operation }) => operation)).not.toContain("tasks_answer");
    place.mockRestore();
    await user.keyboard("2");
    await waitFor(() => expect(host.asked.map(({ operation }) => operation)).toContain("tasks_answer"));
  });

  test("what happens elsewhere is followed", async () => {
    const { world } = await renderApp("busy");
    await screen.findByRole("region", { name: "Needs you" });
    const login = LOGIN.split("/").at(-1) ?? "";
    const question = { msg_id: "MSG-9", text: "Which branch?", asked_at: world.clock.iso() };
    world.change("webshop", login, "task.waiting_answer", { status: "waiting_answer" }, { question });
    await within(needs()).findByText("Which branch?");
  });

  test("a failure is put away by being opened, and says why on its page", async () => {
    const { user } = await renderApp("busy");
    await user.click(
      await within(await screen.findByRole("region", { name: "Needs you" })).findByText("e2e-flake"),
    );
    await waitFor(() => expect(within(needs()).queryByText("e2e-flake")).toBeNull());
    expect(await screen.findByRole("alert")).toHaveTextContent(/rejected the key.*Check OPENAI_API_KEY/);
  });

  test("a failure that comes while nobody looks waits until somebody does", async () => {
    const focus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
    onTestFinished(() => focus.mockRestore());
    const { world, host } = await renderApp("busy", LOGIN);
    const seen = () => host.asked.filter(({ operation }) => operation === "attention_handle").length;
    await screen.findByRole("region", { name: "Needs you" });
    world.change("webshop", LOGIN.split("/").at(-1) ?? "", "task.failed", { status: "failed" });
    await within(needs()).findByText("fix-login-redirect");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen()).toBe(0);
    focus.mockReturnValue(true);
    act(() => void window.dispatchEvent(new Event("focus")));
    await waitFor(() => expect(seen()).toBe(1));
    await waitFor(() => expect(within(needs()).queryByText("fix-login-redirect")).toBeNull());
  });

  test("later and put away are records in the core", async () => {
    const { user, host } = await renderApp("busy");
    await screen.findByRole("region", { name: "Needs you" });
    await user.click(screen.getByRole("button", { name: "Actions for search-index" }));
    await user.click(screen.getByRole("menuitem", { name: "Later: in an hour" }));
    await waitFor(() => expect(within(needs()).queryByText("search-index")).toBeNull());
    expect(host.asked.find(({ operation }) => operation === "attention_handle")?.input.body).toEqual({
      snooze: { seconds: 3600 },
    });
  });
});

test("what was said can be taken away before its time", async () => {
  const { user } = await renderApp("busy");
  act(() => toast("a word"));
  await user.click(await screen.findByRole("button", { name: "Dismiss" }));
  await waitFor(() => expect(screen.queryByText("a word")).toBeNull());
});

test("what is told twice within a second is read out once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { announced } = await import("~/look/toast");
  for (const words of ["x: completed", "x: completed", "y: failed"]) announce(words);
  await vi.advanceTimersByTimeAsync(1000);
  vi.useRealTimers();
  expect(announced.get()).toBe("x: completed. y: failed");
});

test("the connection has its word, also where it is a dot", async () => {
  await renderApp("busy", "/fleet");
  expect(await screen.findByTitle("Live")).toHaveTextContent("Live");
});

describe("keys", () => {
  test("j and k go through the tasks, slash filters", async () => {
    const { user } = await renderApp("busy");
    await screen.findByText("terraform-fmt");
    await user.keyboard("j");
    expect(location.pathname).toMatch(/terraform-fmt$/);
    await user.keyboard("jj");
    expect(location.pathname).toMatch(/upgrade-axum$/);
    await user.keyboard("k");
    expect(location.pathname).toMatch(/rotate-certs$/);
    await user.keyboard("/gemini");
    await waitFor(() => expect(screen.queryByRole("treeitem", { name: /rotate-certs/ })).toBeNull());
    expect(screen.getByRole("textbox", { name: /Filter/ })).toHaveValue("gemini");
  });

  test("arrows go through the list from within it or from nowhere, else they scroll", async () => {
    const { user } = await renderApp("busy", LOGIN);
    const log = await screen.findByRole("log", { name: "Transcript" });
    log.focus();
    await user.keyboard("{ArrowDown}{ArrowUp}{ArrowUp}");
    expect(location.pathname).toBe(LOGIN);
    screen.getByRole("treeitem", { selected: true }).focus();
    await user.keyboard("{ArrowDown}");
    expect(location.pathname).not.toBe(LOGIN);
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("{ArrowUp}");
    expect(location.pathname).toBe(LOGIN);
  });

  test("can be changed, and letters switched off", async () => {
    const { user, app } = await renderApp("busy", "/fleet");
    app.preferences.set({ keys: { "go.new": "x" } });
    await user.keyboard("n");
    expect(location.pathname).toBe("/fleet");
    await user.keyboard("x");
    expect(location.pathname).toBe("/new");
    app.preferences.set({ letters: false });
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("f");
    expect(location.pathname).toBe("/new");
  });

  test("are named where they act as they are set, and not where letters are off", async () => {
    const { user, app } = await renderApp("busy", "/tasks");
    const keysIn = (element: Element) => [...element.querySelectorAll("kbd")].map((key) => key.textContent);
    const all = () => keysIn(document.body).filter((key) => key?.length === 1);
    await within(await screen.findByRole("region", { name: "Needs you" })).findByText("Keep it");
    expect(all()).toEqual(expect.arrayContaining(["/", "N"]));
    act(() => app.preferences.set({ keys: { "list.filter": "q", "list.next": "x" } }));
    expect(all()).toContain("Q");
    expect(all()).not.toContain("/");
    await user.click(within(needs()).getByText("migrate-billing"));
    await waitFor(() => expect(all()).toEqual(expect.arrayContaining(["1", "2"])));
    act(() => app.preferences.set({ keys: { "list.choice.2": "y" } }));
    expect(all()).toEqual(expect.arrayContaining(["1", "Y"]));
    act(() => app.preferences.set({ letters: false }));
    expect(all()).toEqual([]);
  });

  test("the palette finds actions and tasks, and gives the focus back", async () => {
    const { user } = await renderApp("busy", LOGIN);
    await screen.findByRole("button", { name: "Pause" });
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByRole("combobox");
    expect(field).toHaveFocus();
    await user.type(field, "axum");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(location.pathname).toMatch(/upgrade-axum$/));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("the palette offers nothing that would do nothing: no next task after the last, no end where it is seen", async () => {
    const { user } = await renderApp("busy", "/tasks");
    const offered = async () => {
      await user.keyboard("{Control>}k{/Control}");
      const names = (await screen.findAllByRole("option")).map((option) => option.textContent);
      await user.keyboard("{Escape}");
      return names;
    };
    await screen.findByRole("tree");
    expect(await offered()).toEqual(expect.arrayContaining([expect.stringMatching(/^Next task/)]));
    await user.keyboard("k");
    await screen.findByRole("heading", { level: 1 });
    const atLast = await offered();
    expect(atLast).toEqual(expect.arrayContaining([expect.stringMatching(/^Previous task/)]));
    for (const name of [/^Next task/, /^Go to the end/, /^Next run/]) {
      expect(atLast).not.toEqual(expect.arrayContaining([expect.stringMatching(name)]));
    }
  });

  test("without a word the palette begins with who waits longest", async () => {
    const { user } = await renderApp("busy", LOGIN);
    await screen.findByRole("button", { name: "Pause" });
    await user.keyboard("{Control>}k{/Control}");
    await screen.findByRole("combobox");
    const names = (await screen.findAllByRole("option")).slice(0, 3).map((each) => each.textContent);
    expect(names).toEqual([
      expect.stringContaining("e2e-flake"),
      expect.stringContaining("migrate-billing"),
      expect.stringContaining("search-index"),
    ]);
  });

  test("the open task says what was asked for, and which files changed", async () => {
    await renderApp("busy", LOGIN);
    const head = await screen.findByRole("heading", { level: 1 });
    expect(head).toHaveTextContent("fix-login-redirectFix the login redirect: it drops the query string");
    const details = await screen.findByRole("complementary", { name: "Details" });
    const file = await within(details).findByRole("link", { name: /^src\/session\.rs/ });
    expect(file).toHaveTextContent("+8 −3");
    expect(file).toHaveAttribute("href", expect.stringContaining("file=auth%2Fsrc%2Fsession.rs"));
  });

  test("a destructive action says what it does and waits for a second step", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await user.click(await screen.findByRole("button", { name: "Stop…" }));
    const dialog = await screen.findByRole("dialog", { name: "Stop fix-login-redirect?" });
    expect(within(dialog).getByRole("button", { name: "Cancel" })).toHaveFocus();
    expect(host.asked.map(({ operation }) => operation)).not.toContain("tasks_stop");
    await user.click(within(dialog).getByRole("button", { name: "Stop it" }));
    const results = await screen.findAllByText(/3 processes found and ended, 1 of them by force, none left/);
    expect(results).toHaveLength(2);
  });
});

describe("what cannot be done is not shown", () => {
  test("a page that may only look has nothing that changes", async () => {
    await renderApp("busy", LOGIN, (host) => host.lookOnly());
    await screen.findByText("Look only");
    await screen.findByRole("region", { name: "Needs you" });
    for (const name of ["Pause", "Stop…", "New task", "Pause all", "Keep it"]) {
      expect(screen.queryByRole("button", { name: new RegExp(`^${name}`) })).toBeNull();
    }
    expect(screen.queryByRole("textbox", { name: "Message to the agent" })).toBeNull();
  });

  test("without a token the page says how to get one", async () => {
    const { app } = await renderApp("busy");
    app.host.capabilities.access?.leave();
    await screen.findByText("run-agent token link");
  });
});

test("a task that is not there is said so, with what to do", async () => {
  await renderApp("busy", "/tasks/webshop/nothing");
  await screen.findByText(/no such task/);
});

test("every tab is an address", async () => {
  const { user } = await renderApp("busy", LOGIN);
  await user.click(await screen.findByRole("tab", { name: "Messages" }));
  expect(location.pathname).toBe(`${LOGIN}/messages`);
  await screen.findByText("Keep path_and_query; no new setting.", { selector: "[role=log] *" });
});
