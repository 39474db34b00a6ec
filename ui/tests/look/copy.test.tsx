import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { Copyable } from "~/look";
import { toasts } from "~/look/toast";

afterEach(() => {
  toasts.set([]);
  vi.unstubAllGlobals();
});

const said = () => toasts.get().map(({ text }) => text);

/** A browser that copies what is selected, or does not. */
function pressed(copies: boolean) {
  const selected: string[] = [];
  document.execCommand = () => {
    if (copies) selected.push(document.querySelector("textarea")?.value ?? "");
    return copies;
  };
  return selected;
}

test.each([
  ["over plain HTTP", undefined],
  ["where the page may not", { writeText: () => Promise.reject(new Error("not allowed")) }],
])("what can be copied is copied %s, too", async (_, clipboard) => {
  const selected = pressed(true);
  const user = userEvent.setup();
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
  render(<Copyable text="run-agent token link" />);
  await user.click(screen.getByRole("button", { name: "Copy run-agent token link" }));
  await waitFor(() => expect(said()).toEqual(["Copied"]));
  expect(selected).toEqual(["run-agent token link"]);
});

test("a browser that does not let the page copy is said", async () => {
  pressed(false);
  const user = userEvent.setup();
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined });
  render(<Copyable text="a" />);
  await user.click(screen.getByRole("button", { name: "Copy a" }));
  await waitFor(() => expect(said()).toEqual(["The browser does not let this page copy"]));
});
