import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { NARROW } from "~/look/media";
import type { FakeHost } from "~/platform/fake";
import { navigate, parse } from "~/route";
import { LOGIN, renderApp } from "../app/render";

const BILLING = "/tasks/webshop/task-20261120-130400-migrate-billing";
const asked = (host: FakeHost, operation: string) =>
  host.asked.filter((each) => each.operation === operation).map(({ input }) => input);
const answersOf = (host: FakeHost) =>
  asked(host, "tasks_answer").map(({ body }) => (body as { text: string }).text);
const file = (name: string, size = 12) => new File([new Uint8Array(size)], name);

describe("the composer", () => {
  const field = () => screen.findByRole("textbox", { name: "Message to the agent" });

  test("tells after this turn, and says when it was read", async () => {
    const { user, host, world } = await renderApp("busy", LOGIN);
    await user.type(await field(), "Keep the API{Control>}{Enter}{/Control}");
    await waitFor(() =>
      expect(asked(host, "tasks_tell")[0]?.body).toMatchObject({ text: "Keep the API", now: false }),
    );
    await waitFor(async () => expect(await field()).toHaveValue(""));
    const last = await screen.findByTitle("Your last message");
    await waitFor(() => expect(last).toHaveTextContent("Not read yet"));
    const [project, task] = ["webshop", LOGIN.split("/").at(-1) ?? ""];
    const told = world.messages.get(`${project}/${task}`)?.at(-1)?.msg_id ?? "";
    world.post(project, task, { type: "INFO", body: "", parents: [{ msg_id: told, kind: "receipt" }] });
    await waitFor(() => expect(last).toHaveTextContent(/^Read/));
  });

  test("interrupts and sends now", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await user.type(await field(), "Stop that");
    await user.click(screen.getByRole("button", { name: "Interrupt and send now" }));
    await waitFor(() => expect(asked(host, "tasks_tell")[0]?.body).toMatchObject({ now: true }));
  });

  test("what was typed survives, also a refusal", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await user.type(await field(), "Not lost");
    host.transport.cut();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await screen.findByText(/the server does not answer/i);
    expect(await field()).toHaveValue("Not lost");
    expect(
      JSON.parse(localStorage.getItem(`conductor.draft.tell.webshop/${LOGIN.split("/").at(-1)}`) ?? ""),
    ).toBe("Not lost");
  });

  test("files are uploaded when they are added and go with the word; one that is too large says so", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await field();
    const picker = document.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
    await user.upload(picker, [file("mock.png"), file("film.mov", 21 * 1024 * 1024)]);
    await screen.findByText(/22 MB; at most 20 MiB/);
    await waitFor(() => expect(asked(host, "tasks_attach")).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "Remove film.mov" }));
    await user.click(screen.getByRole("button", { name: /Send after this turn/ }));
    await waitFor(() =>
      expect(asked(host, "tasks_tell")[0]?.body).toMatchObject({
        text: "See mock.png",
        attachments: [{ label: "mock.png", kind: "attachment" }],
      }),
    );
  });

  test("while a file is there that does not go, nothing is sent, and it says why", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    const box = await field();
    const picker = document.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
    await user.upload(picker, file("huge.bin", 21 * 1024 * 1024));
    await screen.findByText("Nothing is sent yet. Take away huge.bin, or choose another file.");
    await user.type(box, "Look at it{Control>}{Enter}{/Control}");
    expect(screen.getByRole("button", { name: /Send after this turn/ })).toBeDisabled();
    expect(screen.getByRole("button", { name: "Interrupt and send now" })).toBeDisabled();
    expect(asked(host, "tasks_tell")).toEqual([]);
    expect(box).toHaveValue("Look at it");
    await user.click(screen.getByRole("button", { name: "Remove huge.bin" }));
    expect(screen.queryByText(/Nothing is sent yet/)).toBeNull();
    await user.type(box, "{Control>}{Enter}{/Control}");
    await waitFor(() => expect(asked(host, "tasks_tell")[0]?.body).toMatchObject({ text: "Look at it" }));
  });

  test("a choice does not leave a file behind that does not go", async () => {
    const { user, host } = await renderApp("busy", BILLING);
    const own = await screen.findByRole("textbox", { name: "Your answer" });
    const picker = document.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
    await user.upload(picker, file("huge.bin", 21 * 1024 * 1024));
    const choice = () => within(own.parentElement as HTMLElement).getByRole("button", { name: /^Keep it/ });
    await waitFor(() => expect(choice()).toBeDisabled());
    fireEvent.click(choice());
    expect(asked(host, "tasks_answer")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Remove huge.bin" }));
    expect(choice()).toBeEnabled();
  });

  test("answers the open question, with a choice or in one's own words", async () => {
    const { user, host } = await renderApp("busy", BILLING);
    const own = await screen.findByRole("textbox", { name: "Your answer" });
    await user.keyboard("r");
    expect(own).toHaveFocus();
    await user.type(own, "Keep it for a year{Control>}{Enter}{/Control}");
    await waitFor(() =>
      expect(asked(host, "tasks_answer")[0]?.body).toMatchObject({ text: "Keep it for a year" }),
    );
    await field();
  });

  const QUESTION = { msg_id: "MSG-9", text: "Which branch?", choices: ["main", "next"], asked_at: "" };

  test("a question that opens while a word is written leaves it as it is, and is answered beside it", async () => {
    const { user, host, world } = await renderApp("busy", LOGIN);
    const task = LOGIN.split("/").at(-1) ?? "";
    await user.type(await field(), "Keep the");
    const question = { ...QUESTION, asked_at: world.clock.iso() };
    world.change("webshop", task, "task.waiting_answer", { status: "waiting_answer" }, { question });
    await screen.findByText(/It asks something now/);
    await user.type(await field(), " API");
    expect(await field()).toHaveFocus();
    expect(await field()).toHaveValue("Keep the API");
    const beside = screen.getAllByRole("button", { name: "next" }).at(-1) as HTMLElement;
    await user.click(beside);
    await waitFor(() => expect(asked(host, "tasks_answer")[0]?.body).toMatchObject({ text: "next" }));
    await waitFor(() => expect(beside).not.toBeInTheDocument());
    expect(await field()).toHaveValue("Keep the API");
  });

  test("what was begun as a word can become the answer", async () => {
    const { user, host, world } = await renderApp("busy", LOGIN);
    const task = LOGIN.split("/").at(-1) ?? "";
    await user.type(await field(), "main");
    const question = { ...QUESTION, asked_at: world.clock.iso() };
    world.change("webshop", task, "task.waiting_answer", { status: "waiting_answer" }, { question });
    await user.click(await screen.findByRole("button", { name: "Make it the answer" }));
    expect(screen.getByRole("textbox", { name: "Your answer" })).toHaveValue("main");
    await user.type(screen.getByRole("textbox", { name: "Your answer" }), "{Control>}{Enter}{/Control}");
    await waitFor(() => expect(asked(host, "tasks_answer")[0]?.body).toMatchObject({ text: "main" }));
    expect(asked(host, "tasks_tell")).toHaveLength(0);
    expect(await field()).toHaveValue("");
  });

  test("an answer that is written while the default takes effect stays, and can be told", async () => {
    const { user, host, world } = await renderApp("busy", BILLING);
    const task = BILLING.split("/").at(-1) ?? "";
    const own = await screen.findByRole("textbox", { name: "Your answer" });
    await user.type(own, "Keep it for a");
    world.change("webshop", task, "task.running", { status: "running" }, { question: undefined });
    await screen.findByText("This question is no longer open.");
    await user.type(own, " year{Control>}{Enter}{/Control}");
    expect(own).toHaveValue("Keep it for a year");
    expect([...asked(host, "tasks_answer"), ...asked(host, "tasks_tell")]).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Make it a word to the agent" }));
    expect(await field()).toHaveValue("Keep it for a year");
    await user.click(screen.getByRole("button", { name: /Send after this turn/ }));
    await waitFor(() =>
      expect(asked(host, "tasks_tell")[0]?.body).toMatchObject({ text: "Keep it for a year" }),
    );
    await waitFor(async () => expect(await field()).toHaveValue(""));
  });

  test("what is written and added while it is sent stays", async () => {
    let go = () => {};
    const { user, host } = await renderApp("busy", LOGIN, (fake) => {
      const real = fake.request.bind(fake);
      fake.request = async (operation, input) => {
        if (operation === "tasks_tell") await new Promise<void>((resolve) => (go = resolve));
        return real(operation, input);
      };
    });
    const picker = () => document.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
    await user.type(await field(), "First");
    await user.upload(picker(), file("one.txt"));
    await waitFor(() => expect(screen.getByRole("button", { name: /Send after this turn/ })).toBeEnabled());
    await user.click(screen.getByRole("button", { name: /Send after this turn/ }));
    await user.type(await field(), ", then more");
    await user.upload(picker(), file("two.txt"));
    go();
    await waitFor(() => expect(asked(host, "tasks_tell")).toHaveLength(1));
    await waitFor(() => expect(screen.queryByText("one.txt")).toBeNull());
    expect(screen.getByText("two.txt")).toBeInTheDocument();
    expect(await field()).toHaveValue("First, then more");
  });

  test("on a task that has ended it is a follow-up", async () => {
    const { user, host, world } = await renderApp("busy");
    const done = [...world.tasks.values()].find(({ task }) => task.endsWith("-chore-3"));
    const { navigate, toTask } = await import("~/route");
    navigate(toTask(done?.project ?? "", done?.task ?? ""));
    await user.type(await field(), "And the changelog");
    await user.click(screen.getByRole("button", { name: /Send as follow-up/ }));
    await waitFor(() => expect(asked(host, "tasks_tell")).toHaveLength(1));
    await waitFor(() => expect(world.task(done?.project ?? "", done?.task ?? "")?.status).toBe("running"));
  });

  test("posts a message of a kind", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await field();
    await user.click(screen.getByRole("button", { name: /Word to the agent/ }));
    await user.click(screen.getByRole("menuitemradio", { name: "Fact" }));
    await user.type(await field(), "The limit is 100");
    await user.click(screen.getByRole("button", { name: /Post as fact/ }));
    await waitFor(() =>
      expect(asked(host, "messages_post_to_task")[0]?.body).toMatchObject({
        type: "FACT",
        body: "The limit is 100",
      }),
    );
  });
});

describe("messages", () => {
  test("a question tells its answer, a thread can be opened and left", async () => {
    const { user } = await renderApp("busy", `${BILLING}/messages`);
    const log = await screen.findByRole("log", { name: "Messages" });
    expect(await within(log).findByText(/Answered:/)).toHaveTextContent("a copy");
    await user.click(within(log).getByRole("link", { name: "Thread" }));
    await screen.findByRole("list", { name: "2 in this thread" });
    await user.click(screen.getByRole("link", { name: /All messages/ }));
    await screen.findByRole("log", { name: "Messages" });
  });

  test("of many only those that are seen are drawn, and earlier ones come above them", async () => {
    const { user, world } = await renderApp("busy", `${LOGIN}/messages`, ({ world: { messages } }) => {
      const all = Array.from({ length: 600 }, (_, n) => {
        const cursor = `MSG-A${String(n).padStart(4, "0")}`;
        const ts = new Date(Date.parse("2026-11-20T10:00:00Z") + n * 1000).toISOString();
        return { msg_id: cursor, cursor, ts, type: "INFO", body: `note ${n}` };
      });
      messages.set(LOGIN.slice("/tasks/".length), all);
    });
    const log = await screen.findByRole("log", { name: "Messages" });
    await within(log).findByText("note 599");
    expect(within(log).getAllByRole("article").length).toBeLessThan(100);
    log.scrollTop = 0;
    fireEvent.scroll(log);
    await user.click(await within(log).findByRole("button", { name: "Show earlier messages" }));
    await waitFor(() => expect(log.scrollTop).toBeGreaterThan(300 * 30));
    expect(within(log).getByText("note 400")).toBeInTheDocument();
    world.post("webshop", LOGIN.split("/").at(-1) ?? "", { type: "INFO", body: "the newest" });
    await user.click(await screen.findByRole("button", { name: "1 new message" }));
    await within(log).findByText("the newest");
    expect(screen.queryByRole("button", { name: "1 new message" })).toBeNull();
  });

  test("shows one kind alone", async () => {
    const { user } = await renderApp("busy", `${LOGIN}/messages`);
    const log = await screen.findByRole("log", { name: "Messages" });
    await within(log).findByText("41 tests pass on this branch.");
    await user.selectOptions(screen.getByRole("combobox", { name: "Which" }), "DECISION");
    await waitFor(() => expect(within(log).getAllByRole("article")).toHaveLength(1));
  });

  test("a link does nothing before a person has seen where it leads", async () => {
    const { user, world } = await renderApp("busy", `${LOGIN}/messages`);
    world.post("webshop", LOGIN.split("/").at(-1) ?? "", {
      type: "INFO",
      body: "see https://evil.example/x",
    });
    await user.click(await within(await screen.findByRole("log")).findByRole("button", { name: /evil/ }));
    await screen.findByRole("dialog", { name: "Open this address?" });
  });
});

describe("a new task", () => {
  const prompt = () => screen.findByRole("textbox", { name: "What should be done" });

  test("is asked for by keys alone, and opened", async () => {
    const { user, host } = await renderApp("busy", "/fleet");
    await screen.findByRole("heading", { name: /Fleet/ });
    await user.keyboard("n");
    await user.type(await prompt(), "Fix the cart{Control>}{Enter}{/Control}");
    await waitFor(() => expect(location.pathname).toMatch(/fix-the-cart$/));
    const [input] = asked(host, "tasks_create");
    expect(input).toMatchObject({ body: { prompt: "Fix the cart", workflow: "loop" } });
    expect(input?.idempotencyKey).toBeTruthy();
  });

  test("what was typed before the projects were known is for where a new task would be", async () => {
    const { user, host } = await renderApp("busy", "/new", () =>
      localStorage.setItem("conductor.draft.new", JSON.stringify({ prompt: "Fix the cart" })),
    );
    await prompt();
    await user.click(screen.getByRole("button", { name: /^Start/ }));
    await waitFor(() => expect(asked(host, "tasks_create")).toHaveLength(1));
    expect(asked(host, "tasks_create")[0]).toMatchObject({ body: { project: "infra" } });
  });

  test("is for the project of the open task, of the selected tile or of the filter", async () => {
    const { user, world } = await renderApp("busy", LOGIN);
    const infra = [...world.tasks.keys()].find((key) => key.startsWith("infra/")) ?? "";
    const goTo = (address: string) =>
      act(() => {
        navigate(parse(address));
        (document.activeElement as HTMLElement).blur();
      });
    const command = () => screen.findByRole("group", { name: /does the same/ });
    for (const address of [`/tasks/${infra}`, `/fleet?at=${infra}`, "/fleet?find=infra"]) {
      goTo(address);
      await user.keyboard("n");
      await prompt();
      expect(await command()).toHaveTextContent("--project infra");
    }
    // What was begun elsewhere is gone on with.
    goTo(LOGIN);
    await user.keyboard("n");
    await user.type(await prompt(), "Fix it");
    goTo(`/tasks/${infra}`);
    await user.keyboard("n");
    expect(await prompt()).toHaveValue("Fix it");
    expect(await command()).toHaveTextContent("--project webshop");
  });

  test("a refusal stands beside its field, and what was typed stays", async () => {
    const { user } = await renderApp("busy", "/new", () =>
      localStorage.setItem("conductor.draft.new", JSON.stringify({ prompt: "Go", cwd: "/nowhere/at/all" })),
    );
    await prompt();
    await user.click(screen.getByRole("button", { name: /^Start/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      /no such file or directory.*--cwd names a folder/,
    );
    const where = screen.getByRole("button", { name: /nowhere/ });
    expect(where).toHaveAccessibleDescription(/no such file or directory/);
    expect(await prompt()).toHaveValue("Go");
  });

  test("a limit that is no time is said beside it, and nothing is asked", async () => {
    const { user, host } = await renderApp("busy", "/new");
    await user.type(await prompt(), "Go");
    await user.click(screen.getByRole("button", { name: /Limits and more/ }));
    await user.type(screen.getByRole("textbox", { name: "Time of work" }), "soon");
    await user.click(screen.getByRole("button", { name: /^Start/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Write 90s, 15m, 8h or 1h30m");
    expect(asked(host, "tasks_create")).toHaveLength(0);
  });

  test("a limit that is taken out again keeps its field and the focus", async () => {
    const { user } = await renderApp("busy", "/new", () =>
      localStorage.setItem("conductor.draft.new", JSON.stringify({ prompt: "Go", wall: "8h" })),
    );
    const wall = await screen.findByRole("textbox", { name: "Time of work" });
    await user.clear(wall);
    expect(screen.getByRole("textbox", { name: "Time of work" })).toHaveFocus();
  });

  test("what was typed is kept by Cancel, and cleared by Clear", async () => {
    const { user } = await renderApp("busy", "/new");
    await user.type(await prompt(), "Go");
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    act(() => navigate(parse("/new")));
    expect(await prompt()).toHaveValue("Go");
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(await prompt()).toHaveValue("");
    expect(await prompt()).toHaveFocus();
    expect(localStorage.getItem("conductor.draft.new")).toBeNull();
    expect(screen.queryByRole("button", { name: "Clear" })).toBeNull();
  });

  test("a duplicate has what the other one was asked", async () => {
    await renderApp("busy", `/new?from=${encodeURIComponent(LOGIN.slice("/tasks/".length))}`);
    expect(await prompt()).toHaveValue("Fix the login redirect: it drops the query string");
    expect(screen.getByRole("radio", { name: /claude/ })).toBeChecked();
    expect(screen.getByRole("button", { name: "Everything" })).toHaveAttribute("aria-pressed", "true");
    expect(screen.getByRole("group", { name: /does the same/ })).toHaveTextContent("--access full");
  });

  test("warns of who works in the same folder", async () => {
    await renderApp("busy", "/new", () =>
      localStorage.setItem("conductor.new.where", JSON.stringify({ project: "webshop", cwd: "" })),
    );
    await screen.findByText(/work there, too/);
  });

  test("a folder is chosen by keys", async () => {
    const { user } = await renderApp("busy", "/new");
    await prompt();
    await user.click(screen.getByRole("button", { name: /src\// }));
    await user.click(screen.getByRole("menuitem", { name: "Choose a folder…" }));
    const filter = await screen.findByRole("combobox", { name: /Filter, or write a path/ });
    await user.type(filter, "/home/ada/src{Enter}");
    await screen.findByRole("option", { name: /design-system/ });
    await user.type(filter, "design{Enter}");
    await screen.findByRole("option", { name: "packages" });
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.getByRole("group", { name: /does the same/ })).toHaveTextContent(
      "--cwd /home/ada/src/design-system",
    );
  });

  test("a pinned template comes back", async () => {
    const { user } = await renderApp("busy", "/new");
    await user.type(await prompt(), "Update the dependencies");
    await user.click(screen.getByRole("button", { name: /Templates/ }));
    await user.click(screen.getByRole("menuitem", { name: "Pin this as a template…" }));
    await user.type(
      await screen.findByRole("textbox", { name: "Name" }),
      "{Control>}a{/Control}weekly{Enter}",
    );
    await user.clear(await prompt());
    await user.click(screen.getByRole("button", { name: /Templates/ }));
    await user.click(screen.getByRole("menuitem", { name: "weekly" }));
    expect(await prompt()).toHaveValue("Update the dependencies");
  });
});

describe("the fleet", () => {
  /** How many subscriptions of a kind are open. */
  function counted(host: FakeHost) {
    const open = new Set<object>();
    const subscribe = host.live.subscribe.bind(host.live);
    host.live.subscribe = (topic, told, after) => {
      const subscription = subscribe(topic, told, after);
      if (topic.kind === "log") open.add(subscription);
      return {
        close: () => {
          open.delete(subscription);
          subscription.close();
        },
      };
    };
    return open;
  }

  test("each tile that works follows its agent once, and none when it is not shown", async () => {
    let open = new Set<object>();
    const { user, world } = await renderApp("busy", "/fleet", (host) => {
      open = counted(host);
    });
    const tile = await screen.findByRole("article", { name: "upgrade-axum" });
    await within(tile).findByText(/Runs cargo check/);
    expect(open.size).toBe(3);
    const run = world.runs.get("webshop/task-20261120-134642-upgrade-axum")?.at(-1);
    const event = { offset: 9, end: 10, event: "text", text: "It compiles." };
    world.append(
      `webshop/task-20261120-134642-upgrade-axum/${run?.run}/events.jsonl`,
      `${JSON.stringify(event)}\n`,
    );
    await within(tile).findByText("It compiles.");
    await user.click(screen.getByRole("link", { name: "Settings" }));
    await waitFor(() => expect(open.size).toBe(0));
  });

  test("a question is answered on its tile, below what was done last", async () => {
    const { user, host } = await renderApp("busy", "/fleet");
    const tile = await screen.findByRole("article", { name: "migrate-billing" });
    await within(tile).findByText("Edits migrations/0042_billing.sql");
    await user.keyboard("2");
    await waitFor(() => expect(asked(host, "tasks_answer")[0]?.body).toMatchObject({ text: "Drop it" }));
  });

  /** A second question, and time that only passes when it is told to. */
  async function twoQuestions(address: string) {
    const page = await renderApp("busy", address);
    const { world } = page;
    const question = { msg_id: "MSG-two", text: "Which?", choices: ["blue", "red"], asked_at: "" };
    const task = "task-20261120-134642-upgrade-axum";
    question.asked_at = world.clock.iso(-1);
    world.change("webshop", task, "task.waiting_answer", { status: "waiting_answer" }, { question });
    await screen.findAllByRole("button", { name: /^blue/ });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
    return { ...page, pass, answered: () => answersOf(page.host) };
  }

  test.each(["/fleet", "/tasks"])("a key pressed twice answers one question, at %s", async (address) => {
    const { pass, answered } = await twoQuestions(address);
    fireEvent.keyDown(document.body, { key: "1" });
    await pass(300);
    fireEvent.keyDown(document.body, { key: "1" });
    await pass(300);
    expect(answered()).toEqual(["Keep it"]);
    expect(screen.getByText("Answered: Keep it")).toBeInTheDocument();
    await pass(1000);
    expect(screen.queryByText("Answered: Keep it")).toBeNull();
    fireEvent.keyDown(document.body, { key: "1" });
    await pass(100);
    expect(answered()).toEqual(["Keep it", "blue"]);
  });

  test.each(["/fleet", "/tasks"])(
    "who answers by the pointer finds the card in its place, at %s",
    async (address) => {
      const { pass, answered } = await twoQuestions(address);
      const cards = () => screen.getAllByRole("article").map((card) => card.textContent?.slice(0, 15));
      const before = cards();
      const button = screen.getByRole("button", { name: /^Keep it/ });
      fireEvent.click(button);
      await pass(400);
      expect(cards()).toEqual(before);
      expect(button).toBeDisabled();
      fireEvent.click(button);
      await pass(400);
      expect(cards()).toEqual(before);
      await pass(800);
      expect(cards()).not.toEqual(before);
      expect(answered()).toEqual(["Keep it"]);
    },
  );

  test("on its page an answered question keeps its place, and the next one waits", async () => {
    const { pass, answered, world } = await twoQuestions(BILLING);
    const own = () => screen.getByRole("textbox", { name: /Your answer|Message to the agent/ }).parentElement;
    const button = within(own() as HTMLElement).getByRole("button", { name: /^Drop it/ });
    fireEvent.click(button);
    await pass(300);
    expect(within(own() as HTMLElement).getByText("Answered: Drop it")).toBeInTheDocument();
    const question = { msg_id: "MSG-3", text: "And now?", choices: ["x", "y"], asked_at: world.clock.iso() };
    const task = BILLING.split("/").at(-1) ?? "";
    world.change("webshop", task, "task.waiting_answer", { status: "waiting_answer" }, { question });
    await pass(500);
    fireEvent.keyDown(document.body, { key: "2" });
    expect(screen.queryByRole("button", { name: /^x/ })).toBeNull();
    await pass(800);
    within(own() as HTMLElement).getByRole("button", { name: /^x/ });
    expect(answered()).toEqual(["Drop it"]);
  });

  test("a tile is as high as its question and choices need, and those below it are lower", async () => {
    const high = vi.spyOn(HTMLElement.prototype, "getBoundingClientRect");
    onTestFinished(() => high.mockRestore());
    high.mockImplementation(function (this: HTMLElement) {
      return { height: this.dataset.index === "0" ? 420 : 0, width: 0 } as DOMRect;
    });
    await renderApp("busy", "/fleet");
    const list = await screen.findByRole("list", { name: "Tasks that are not finished" });
    await waitFor(() =>
      expect(list.querySelector<HTMLElement>("[data-index='1']")?.style.transform).toBe("translateY(430px)"),
    );
  });

  test("counts of the strip and projects filter it, keys go through it", async () => {
    const { user } = await renderApp("busy", "/fleet");
    await screen.findByRole("article", { name: "rotate-certs" });
    await user.click(screen.getByRole("button", { name: "infra" }));
    expect(screen.getAllByRole("article")).toHaveLength(2);
    await user.keyboard("jo");
    expect(location.pathname).toMatch(/rotate-certs$/);
  });

  test("in a narrow window who worked when is below the tiles, folded at first", async () => {
    vi.spyOn(window, "matchMedia").mockImplementation(
      (media) =>
        ({
          matches: media === NARROW,
          media,
          addEventListener: vi.fn(),
          removeEventListener: vi.fn(),
        }) as never,
    );
    const { user } = await renderApp("busy", "/fleet");
    const times = await screen.findByRole("region", { name: "Who worked when" });
    expect(within(times).queryAllByRole("link")).toEqual([]);
    await user.click(within(times).getByRole("button", { name: "Who worked when" }));
    await within(times).findByRole("link", { name: "rotate-certs" });
    vi.restoreAllMocks();
  });
});

describe("steering", () => {
  test("that it pauses after its turn stays to be seen, and can be taken back", async () => {
    const { user, host, world } = await renderApp("busy", LOGIN);
    const task = LOGIN.split("/").at(-1) ?? "";
    const head = within((await screen.findByRole("heading", { level: 1 })).closest("header") as HTMLElement);
    const ask = async () => {
      await user.click(head.getByRole("button", { name: "More actions" }));
      await user.click(screen.getByRole("menuitem", { name: "Pause after this turn" }));
      await head.findByText("pauses after this turn");
    };
    await ask();
    await user.click(head.getByRole("button", { name: "More actions" }));
    expect(screen.queryByRole("menuitem", { name: "Pause after this turn" })).toBeNull();
    await user.keyboard("{Escape}");
    await user.click(head.getByRole("button", { name: "Do not pause" }));
    await waitFor(() => expect(asked(host, "tasks_resume")).toHaveLength(1));
    await waitFor(() => expect(head.queryByText("pauses after this turn")).toBeNull());
    await ask();
    world.change("webshop", task, "task.paused", { status: "paused", reason: "paused by a person" });
    await head.findByText("paused");
    expect(head.queryByText("pauses after this turn")).toBeNull();
    expect(head.getByRole("button", { name: "Resume" })).toBeInTheDocument();
  });

  test("a task that was put away says so where it is opened, and can be taken out, repeated and deleted", async () => {
    const at = "/tasks/infra/task-20261120-021000-chore-1";
    const { user } = await renderApp("busy", at, ({ world }) => world.putAway(at.slice(7), true));
    const head = within((await screen.findByRole("heading", { level: 1 })).closest("header") as HTMLElement);
    await head.findByText("put away");
    await user.click(head.getByRole("button", { name: "More actions" }));
    const offered = screen.getAllByRole("menuitem").map(({ textContent }) => textContent);
    expect(offered).toEqual(expect.arrayContaining(["Duplicate…", "Take out", "Delete…"]));
    expect(offered).not.toContain("Put away");
    await user.click(screen.getByRole("menuitem", { name: "Take out" }));
    await waitFor(() => expect(head.queryByText("put away")).toBeNull());
    await user.click(head.getByRole("button", { name: "More actions" }));
    expect(screen.queryByRole("menuitem", { name: "Take out" })).toBeNull();
  });

  test("the run of a task that is paused stands still with it", async () => {
    const { world } = await renderApp("busy", "/tasks");
    const [key = ""] = [...world.tasks.keys()].filter((each) => each.endsWith("docs-search"));
    const { navigate, toTask } = await import("~/route");
    act(() => navigate(toTask(...(key.split("/") as [string, string]))));
    const run = await screen.findByRole("treeitem", { name: /run 1/ });
    expect(within(run).getByRole("img")).toHaveAccessibleName("paused");
    // It began 31 minutes ago, and rests since 12.
    expect(run).toHaveTextContent("19m 00s");
    const log = await screen.findByRole("log", { name: "Transcript" });
    expect(await within(log).findByRole("heading", { name: /^Run 1/ })).toHaveTextContent("19m 00s");
  });

  test("Back leaves what was asked about, and the question with it", async () => {
    const { user } = await renderApp("busy", "/fleet");
    const { navigate, parse } = await import("~/route");
    act(() => navigate(parse(LOGIN)));
    await user.click(await screen.findByRole("button", { name: "Stop…" }));
    await screen.findByRole("dialog", { name: /^Stop/ });
    act(() => history.back());
    await waitFor(() => expect(location.pathname).toBe("/fleet"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("a tile that failed tells its reason once", async () => {
    const reason = "5 failed runs in a row";
    await renderApp("busy", "/fleet", ({ world }) => {
      const [key = ""] = [...world.tasks.keys()].filter((each) => each.endsWith("e2e-flake"));
      const [project = "", task = ""] = key.split("/");
      world.change(project, task, "task.failed", { status: "failed", reason }, { error: undefined });
    });
    const tile = await screen.findByRole("article", { name: "e2e-flake" });
    expect(within(tile).getAllByText(new RegExp(reason))).toHaveLength(1);
  });

  test("a parent's stop names and shows its children, each with what was verified", async () => {
    const { user, host } = await renderApp("busy", LOGIN);
    await user.click(await screen.findByRole("button", { name: "Stop…" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent(/child task is stopped with it: write-regression-test/);
    await user.type(within(dialog).getByRole("textbox", { name: "Why" }), "wrong branch");
    await user.click(within(dialog).getByRole("checkbox", { name: /At once/ }));
    await user.click(within(dialog).getByRole("button", { name: "Stop it" }));
    await screen.findByText("write-regression-test is stopped");
    expect(asked(host, "tasks_stop")[0]?.body).toEqual({ force: true, reason: "wrong branch" });
  });

  test("stop sees that its task has ended meanwhile", async () => {
    const { user, host, world } = await renderApp("busy", LOGIN);
    await user.click(await screen.findByRole("button", { name: "Stop…" }));
    const dialog = () => screen.getByRole("dialog", { name: "Stop fix-login-redirect?" });
    expect(within(dialog()).getByRole("button", { name: "Stop it" })).toBeVisible();
    world.change("webshop", LOGIN.split("/").at(-1) ?? "", "task.completed", { status: "completed" });
    await waitFor(() =>
      expect(dialog()).toHaveTextContent("fix-login-redirect has ended meanwhile: completed"),
    );
    expect(within(dialog()).queryByRole("button", { name: "Stop it" })).toBeNull();
    await user.click(within(dialog()).getByText("Close"));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked(host, "tasks_stop")).toEqual([]);
  });

  test("delete says what is lost and what stays, and leaves the page of what is gone", async () => {
    const { user, world } = await renderApp("busy");
    const done = [...world.tasks.values()].find(({ task }) => task.endsWith("-chore-3"));
    const { navigate, toTask } = await import("~/route");
    navigate(toTask(done?.project ?? "", done?.task ?? ""));
    await user.click(await screen.findByRole("button", { name: "More actions" }));
    await user.click(screen.getByRole("menuitem", { name: "Delete…" }));
    const dialog = await screen.findByRole("dialog", { name: "Delete chore-3?" });
    await within(dialog).findByText(/1 run with its log/);
    expect(dialog).toHaveTextContent(/What it changed in .* stays/);
    expect(within(dialog).getByRole("button", { name: "Cancel" })).toHaveFocus();
    await user.click(within(dialog).getByRole("button", { name: "Delete it" }));
    await waitFor(() => expect(location.pathname).toBe("/tasks"));
    expect(world.task(done?.project ?? "", done?.task ?? "")).toBeUndefined();
  });

  test("finished tasks are put away by kind, and taken out again", async () => {
    const { user, app, world } = await renderApp("busy", LOGIN);
    const { performById } = await import("~/actions");
    await screen.findByRole("button", { name: "Stop…" });
    await performById("all.archive", app);
    const dialog = await screen.findByRole("dialog", { name: "Put away finished tasks" });
    await user.click(within(dialog).getByRole("checkbox", { name: /stopped/ }));
    await user.click(within(dialog).getByRole("button", { name: "Put 14 away" }));
    await waitFor(() => expect(world.archived.size).toBe(14));
    await performById("all.shelf", app);
    const [first] = await screen.findAllByRole("button", { name: "Take out" });
    if (first) await user.click(first);
    await waitFor(() => expect(world.archived.size).toBe(13));
    await waitFor(() => expect(app.tasks.value.get().byKey.size).toBe(world.tasks.size - 13));
  });

  test("another agent goes on", async () => {
    const { user, host, app } = await renderApp("busy", "/fleet");
    const tile = await screen.findByRole("article", { name: "e2e-flake" });
    await user.click(within(tile).getByRole("button", { name: "With another agent…" }));
    await user.click(await screen.findByRole("button", { name: "Go on with claude" }));
    await waitFor(() => expect(asked(host, "tasks_resume")[0]?.body).toEqual({ agent: "claude" }));
    expect(app.tasks.value.get().phase).toBe("ready");
  });
});
