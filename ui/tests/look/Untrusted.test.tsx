import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { InertLink, Untrusted, visibleText } from "~/look";
import { FakeHost, World } from "~/platform/fake";
import { AppProvider, AppState } from "~/state/app";

test("nothing of it is markup, and what hides is seen", () => {
  const { container } = render(
    <Untrusted text={"<img src=x onerror=alert(1)>\u001b[31m\u202eevil\u0000\ttab\n"} />,
  );
  expect(container.querySelector("img")).toBeNull();
  expect(container.textContent).toBe("<img src=x onerror=alert(1)>^[[31mU+202Eevil^@\ttab\n");
  expect(visibleText("a\rb\u007f")).toBe("a^Mb^?");
  expect(container.querySelectorAll("span")).toHaveLength(3);
  expect(visibleText("a\u200bb")).toBe("aU+200Bb");
});

test("a link does nothing before its address was shown", async () => {
  const openLink = vi.fn(async () => undefined);
  const app = new AppState(new FakeHost(new World(), { openLink }));
  render(
    <AppProvider app={app}>
      <Untrusted links text={"see https://evil.example/a?b=c), or javascript:alert(1)"} />
    </AppProvider>,
  );
  const link = screen.getByRole("button");
  expect(link).toHaveTextContent("https://evil.example/a?b=c");
  await userEvent.click(link);
  expect(openLink).not.toHaveBeenCalled();
  expect(screen.getByRole("dialog")).toHaveTextContent("https://evil.example/a?b=c");
  await userEvent.click(screen.getByRole("button", { name: "Open it" }));
  expect(openLink).toHaveBeenCalledWith("https://evil.example/a?b=c");
});

test("where no link can be opened it is text", () => {
  const app = new AppState(new FakeHost(new World(), {}));
  render(
    <AppProvider app={app}>
      <InertLink url="https://example.org" />
    </AppProvider>,
  );
  expect(screen.queryByRole("button")).toBeNull();
});
