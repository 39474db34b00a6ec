import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { toast } from "~/look";
import { fakeHost } from "~/platform/fake";
import type { Notice } from "~/platform/host";
import { EditorLink } from "~/platform/http/editor";
import { IpcDesktop } from "~/platform/tauri/desktop";
import { Value } from "~/platform/value";
import { DESKTOP, mockIpc } from "../platform/ipc";
import { renderApp } from "./render";

const asked = (host: Awaited<ReturnType<typeof renderApp>>["host"], operation: string) =>
  host.asked.filter((each) => each.operation === operation).map(({ input }) => input);

test("agents that can be used come first, the others say what to do", async () => {
  await renderApp("busy", "/settings/agents");
  const found = await screen.findByRole("region", { name: "Found here" });
  expect(found).toHaveTextContent(/claude.*2\.1\.4.*ready.*codex.*gemini.*run gemini once.*not logged in/);
  const machine = await screen.findByRole("region", { name: "This machine" });
  expect(machine).toHaveTextContent(/^This machine.*3 deliveries were given up.*needs mending.*git version/);
});

test("a limit says where it comes from, and the line that changes it", async () => {
  const { user } = await renderApp("busy", "/settings/limits");
  const values = await screen.findByRole("region", { name: "Values" });
  expect(values).toHaveTextContent(/Cost.*config\.yaml:6.*5/);
  await user.click(screen.getByRole("button", { name: "How to change cost" }));
  expect(values).toHaveTextContent("defaults: max_cost_usd: 5");
  expect(values).toHaveTextContent("CONDUCTOR_DEFAULTS_MAX_COST_USD=5");
});

test("what is read anew of the configuration is read anew by all who show it", async () => {
  const { app, host } = await renderApp("busy", "/new");
  await screen.findByRole("group", { name: "The command that does the same" });
  await waitFor(() => expect(asked(host, "system_config")).toHaveLength(1));
  app.resources.invalidate("configuration");
  await waitFor(() => expect(asked(host, "system_config")).toHaveLength(2));
});

test("the configuration is found by key, value and place", async () => {
  const { user } = await renderApp("busy", "/settings/configuration");
  await user.type(await screen.findByRole("searchbox"), "slack");
  const values = screen.getByRole("region", { name: "Values" });
  await waitFor(() => expect(values).not.toHaveTextContent("defaults.agent"));
  expect(values).toHaveTextContent("webhooks.team.format");
});

test("a token is shown once, and taken back only after a second step", async () => {
  const { user, host } = await renderApp("busy", "/settings/access");
  await user.click(await screen.findByRole("button", { name: "New token" }));
  await user.type(screen.getByRole("textbox", { name: "Name" }), "no name");
  await user.click(screen.getByRole("button", { name: "Make it" }));
  expect(await screen.findByRole("alert")).toHaveTextContent('"no name" cannot be the name of a token');
  await user.clear(screen.getByRole("textbox", { name: "Name" }));
  await user.type(screen.getByRole("textbox", { name: "Name" }), "tablet");
  await user.click(screen.getByRole("button", { name: "Make it" }));
  await screen.findByText(/^conductor_/);
  expect(asked(host, "tokens_add_token").at(-1)).toEqual({ body: { name: "tablet", allows: "read" } });
  await user.click(screen.getByRole("button", { name: "I have it" }));
  expect(screen.queryByText(/^conductor_/)).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Take back… tablet" }));
  expect(asked(host, "tokens_revoke_token")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Take it back" }));
  await waitFor(() => expect(screen.queryByText("tablet")).toBeNull());
});

test("a limit that was changed in the file is shown when the window is looked at again, and at the next visit", async () => {
  const { user, host } = await renderApp("busy", "/settings/limits");
  await screen.findByRole("region", { name: "Values" });
  const reads = () => asked(host, "system_config").length;
  const before = reads();
  act(() => void window.dispatchEvent(new Event("focus")));
  await waitFor(() => expect(reads()).toBe(before + 1));
  const parts = screen.getByRole("navigation", { name: "Parts of the settings" });
  await user.click(within(parts).getByText("Keys"));
  await user.click(within(parts).getByText("Limits"));
  await waitFor(() => expect(reads()).toBe(before + 2));
});

test("this page stays signed in only where a person says so", async () => {
  const { user, host } = await renderApp("busy", "/settings/access");
  const { access } = host.capabilities;
  const toggle = await screen.findByRole("switch", { name: "Stay signed in on this browser" });
  expect(toggle).not.toBeChecked();
  await user.click(toggle);
  expect(access?.stays.get()).toBe(true);
  await user.click(toggle);
  act(() => access?.leave());
  await user.type(await screen.findByLabelText("Link or token"), "secret");
  expect(screen.getByRole("checkbox", { name: /^Stay signed in/ })).not.toBeChecked();
  await user.click(screen.getByRole("checkbox", { name: /^Stay signed in/ }));
  await user.click(screen.getByRole("button", { name: "Open" }));
  await waitFor(() => expect(access?.stays.get()).toBe(true));
});

test("a link for another device is drawn as a code that reads as the link", async () => {
  const { user } = await renderApp("busy", "/settings/access");
  await user.click(await screen.findByRole("button", { name: "Make a link" }));
  const code = await screen.findByRole("img", { name: "QR code of the link" });
  expect(code.querySelector("path")?.getAttribute("d")).toMatch(/^M4 4h7v1h-7z/);
  expect(screen.getByText(/fingerprint=/)).toBeVisible();
});

test("what would go is seen before it can be deleted", async () => {
  const { user, host } = await renderApp("busy", "/settings/storage");
  expect(screen.queryByRole("button", { name: /^Delete/ })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "See what would go" }));
  await screen.findByText("webshop/task-20260911-080122-old-checkout");
  expect(asked(host, "system_collect")).toEqual([{ body: { dry_run: true, days: 30 } }]);
  await user.click(screen.getByRole("button", { name: "Delete 3…" }));
  await user.click(screen.getByRole("button", { name: "Delete for good" }));
  await screen.findByText("3 deleted, 72 MB free");
  expect(asked(host, "system_collect").at(-1)).toEqual({ body: { dry_run: false, days: 30 } });
});

test("days that are none are said so beside the field", async () => {
  const { user } = await renderApp("busy", "/settings/storage");
  await user.type(await screen.findByRole("textbox", { name: /days ago/ }), "x");
  expect(screen.getByRole("alert")).toHaveTextContent("A whole number of days");
  expect(screen.getByRole("button", { name: "See what would go" })).toBeDisabled();
});

test("what keeps the machine awake is said with the limits, and how it is changed", async () => {
  const { user } = await renderApp("busy", "/settings/limits");
  const machine = await screen.findByRole("region", { name: "This machine" });
  expect(machine).toHaveTextContent(/Stays awake.*yes.*battery is below.*20 %/);
  await user.click(within(machine).getByRole("button", { name: "How to change stays awake" }));
  expect(machine).toHaveTextContent(/power: keep_awake: true.*CONDUCTOR_POWER_KEEP_AWAKE=true/);
});

test("what the host or the token cannot do is not shown", async () => {
  const { host } = await renderApp("busy", "/settings");
  const parts = await screen.findByRole("navigation", { name: "Parts of the settings" });
  expect(parts).toHaveTextContent("Limits");
  expect(parts).not.toHaveTextContent("Notifications");
  expect(parts).not.toHaveTextContent("Editor");
  host.lookOnly();
  await waitFor(() => expect(parts).not.toHaveTextContent("Limits"));
  expect(parts).not.toHaveTextContent("Webhooks");
});

test("an address that is none of an editor is refused beside the field", async () => {
  const editor = new EditorLink();
  const { user } = await renderApp("busy", "/settings/editor", (host) => {
    host.capabilities.editorAddress = editor;
  });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Editor" }), "Another one");
  const field = screen.getByRole("textbox", { name: "Address" });
  await user.type(field, "javascript:alert(1)//{{file}");
  expect(screen.getByRole("alert")).toHaveTextContent("begins like vscode://");
  expect(editor.get()).toBe("");
  await user.clear(field);
  await user.type(field, "helix://{{file}:{{line}");
  expect(editor.get()).toBe("helix://{file}:{line}");
});

test("notifications tell what is new while nobody looks, and nothing that was switched off", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  const shown: Notice[] = [];
  const state = new Value<"allowed" | "denied" | "not_asked">("not_asked");
  const system = {
    get: state.get,
    watch: state.watch,
    allow: async () => state.set("allowed"),
    show: (notice: Notice) => shown.push(notice),
  };
  const { user, world } = await renderApp("busy", "/settings/notifications", (host) => {
    host.capabilities.notifications = system;
  });
  await user.click(await screen.findByRole("button", { name: "Allow notifications" }));
  const which = await screen.findByRole("region", { name: "Tell me of" });
  await user.click(within(which).getByRole("switch", { name: "Failures" }));
  expect(shown).toEqual([]);
  const [login, axum] = ["fix-login-redirect", "upgrade-axum"].map(
    (name) => [...world.tasks.values()].find(({ task }) => task.endsWith(name))?.task ?? "",
  );
  const question = { msg_id: "MSG-7", text: "Which branch?", asked_at: world.clock.iso() };
  world.change(
    "webshop",
    axum ?? "",
    "task.failed",
    { status: "failed" },
    { error: { code: "x", message: "broke" } },
  );
  world.change("webshop", login ?? "", "task.waiting_answer", { status: "waiting_answer" }, { question });
  await waitFor(() => expect(shown).toHaveLength(1));
  expect(shown[0]).toMatchObject({
    id: "waiting_answer-MSG-7",
    title: "fix-login-redirect asks",
    body: "Which branch?",
    address: `/tasks/webshop/${login}`,
  });
});

test("on the page of keys an action is called the same however many tasks it is about", async () => {
  await renderApp("busy", "/settings/keys");
  await screen.findByRole("button", { name: "Change the key of Stop all…" });
  await screen.findByRole("button", { name: "Change the key of Pause all…" });
});

test("a key of an action that is shown nowhere now can be changed, and is taken for all others", async () => {
  const { user, app } = await renderApp("busy", "/settings/keys");
  const change = async (title: string, key: string) => {
    await user.click(await screen.findByRole("button", { name: `Change the key of ${title}` }));
    await user.keyboard(key);
  };
  await change("New task", "j");
  await screen.findByText("Taken by “Next task”");
  // Where a find is open and has the focus, n is its own.
  await change("New task", "n");
  expect(screen.queryByText(/^Taken by/)).toBeNull();
  await change("Next task", "x");
  for (const title of [
    "Give answer 9 to the selected question",
    "Find in what is read",
    "Wrap long lines or not",
  ]) {
    screen.getByRole("button", { name: `Change the key of ${title}` });
  }
  expect(app.preferences.value.get().keys).toEqual({ "go.new": "n", "list.next": "x" });
  await user.keyboard("?");
  const keys = await screen.findByRole("dialog", { name: "Keys" });
  expect(within(keys).getByText("Next task").parentElement).toHaveTextContent(/x/i);
  within(keys).getByText("Write to the agent");
});

test("the density and all keys go back to what they were", async () => {
  const { user, app } = await renderApp("busy", "/settings/appearance");
  await user.click(await screen.findByRole("button", { name: "Airy" }));
  expect(app.preferences.value.get().density).toBe("airy");
  app.preferences.set({ keys: { "go.new": "x", "go.fleet": "y" } });
  await user.click(screen.getByRole("link", { name: "Keys" }));
  await user.click(await screen.findByRole("button", { name: "All keys as they were" }));
  expect(app.preferences.value.get().keys).toEqual({});
});

test("the desktop app says what its desktop lacks, and keeps what is set", async () => {
  const window = mockIpc(fakeHost("busy"));
  const desktop = new IpcDesktop(window.ipc);
  await desktop.load();
  const { user } = await renderApp("busy", "/settings/desktop", (host) => {
    host.capabilities.desktop = desktop;
  });
  const lacks = await screen.findByRole("region", { name: "What this desktop does not have" });
  expect(lacks).toHaveTextContent("Nothing here shows tray icons: closing the window quits");
  await user.click(screen.getByRole("switch", { name: "Start with the desktop" }));
  await waitFor(() => expect(desktop.get()?.autostart).toBe(true));
  await user.click(screen.getByRole("switch", { name: "Limits" }));
  await waitFor(() => expect(desktop.get()?.settings.notifications.limits).toBe(false));
  await user.type(screen.getByRole("textbox", { name: "Editor" }), "zed {{file}:{{line}{Enter}");
  await waitFor(() => expect(desktop.get()?.settings.editor).toBe("zed {file}:{line}"));
  expect(desktop.get()?.settings.notifications.limits).toBe(false);
  await user.click(screen.getByRole("button", { name: "Read again" }));
  await screen.findByText(/\/bin\/zsh told its environment in 90 ms/);
});

test("a command that names nothing to open is refused beside its field", async () => {
  const window = mockIpc(fakeHost("busy"));
  const desktop = new IpcDesktop(window.ipc);
  await desktop.load();
  const { user } = await renderApp("busy", "/settings/desktop", (host) => {
    host.capabilities.desktop = desktop;
  });
  const terminal = await screen.findByRole("textbox", { name: "Terminal" });
  const before = desktop.get()?.settings.terminal;
  await user.clear(terminal);
  await user.type(terminal, "xterm{Enter}");
  expect(terminal).toHaveAccessibleDescription(/Write \{command\} where it belongs/);
  expect(desktop.get()?.settings.terminal).toBe(before);
  await user.type(screen.getByRole("textbox", { name: "Editor" }), "zed{Enter}");
  expect(screen.getByRole("textbox", { name: "Editor" })).toHaveAccessibleDescription(/Write \{file\} where/);
});

test("a window of its own speaks of this machine, a page of the server's", async () => {
  const { user } = await renderApp("busy", "/settings/agents", (host) => {
    host.capabilities.ownWindow = true;
    const perplexity = host.world.agents.find(({ type }) => type === "claude");
    if (perplexity) Object.assign(perplexity, { type: "perplexity", path: "/opt/run-agent" });
  });
  await screen.findByText("What was found on this machine");
  await screen.findByRole("region", { name: "Found here" });
  expect(screen.queryByText(/opt\/run-agent/)).toBeNull();
  await user.click(screen.getByRole("link", { name: "Storage" }));
  await screen.findByText("The app runs for");
});

test("what the desktop lacks is said once, on any page, and stays until it was read", async () => {
  const window = mockIpc(fakeHost("busy"));
  const desktop = new IpcDesktop(window.ipc);
  const { user } = await renderApp("busy", "/fleet", (host) => {
    host.capabilities.desktop = desktop;
  });
  // The app tells it as new once: what is asked next is told otherwise.
  await desktop.load();
  window.change({ missing: DESKTOP.missing.map((one) => ({ ...one, isNew: false })) });
  await desktop.set({ autostart: true });
  const notice = await screen.findByText("Nothing here shows tray icons: closing the window quits");
  for (let n = 0; n < 6; n += 1) act(() => toast(`word ${n}`));
  expect(notice).toBeInTheDocument();
  expect(notice).toHaveTextContent("GNOME shows tray icons with the extension AppIndicator");
  expect(screen.getAllByText(/shows tray icons: closing/)).toHaveLength(1);
  const dismiss = within(notice.parentElement as HTMLElement).getByRole("button", { name: "Dismiss" });
  await user.click(dismiss);
  await desktop.load();
  expect(screen.queryByText(/shows tray icons: closing/)).toBeNull();
});

test("the page says where a file was kept, and that one could not be", async () => {
  const desktop = new IpcDesktop(mockIpc(fakeHost("busy")).ipc);
  await renderApp("busy", "/fleet", (host) => {
    host.capabilities.desktop = desktop;
  });
  act(() => desktop.kept.set({ path: "/home/ada/Downloads/agent-stdout.txt" }));
  await screen.findByText("Kept as /home/ada/Downloads/agent-stdout.txt");
  act(() => desktop.kept.set({ path: null }));
  await screen.findByText("The file could not be written");
});

test("a desktop that does not tell how it is is asked again", async () => {
  const window = mockIpc(fakeHost("busy"));
  const desktop = new IpcDesktop(window.ipc);
  window.fail("desktop_state", {
    code: "io",
    message: "failed to write desktop.json",
    hint: "free some space",
  });
  await desktop.load();
  const { user } = await renderApp("busy", "/settings/desktop", (host) => {
    host.capabilities.desktop = desktop;
  });
  await screen.findByText("Failed to write desktop.json");
  window.fail("desktop_state", undefined);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByRole("switch", { name: "Start with the desktop" });
});
