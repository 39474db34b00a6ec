import { beforeEach, expect, test, vi } from "vitest";
import { HttpAccess, ticketOf } from "~/platform/http/access";
import { httpWay } from "~/platform/http/way";
import { address } from "~/platform/wire/send";

function server(answers: Record<string, (token: string | undefined) => Response>) {
  return vi.fn(async (url: RequestInfo | URL, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    const answer = answers[`${init?.method} ${url}`];
    return answer?.(headers.get("Authorization") ?? undefined) ?? new Response(null, { status: 404 });
  });
}

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

function accessOver(fetch: ReturnType<typeof server>) {
  return new HttpAccess((token) => httpWay("", token, fetch as never));
}

beforeEach(() => history.replaceState(null, "", "/"));

test("a ticket is exchanged once, and is gone from the address", async () => {
  history.replaceState(null, "", "/fleet?show=need#ticket=t1");
  const fetch = server({
    "POST /api/v1/session": () => json(200, { token: "secret", name: "page" }),
    "GET /api/v1/tokens": () => json(200, { items: [] }),
  });
  const access = accessOver(fetch);
  expect(access.get().state).toBe("needed");
  await access.fromAddress();
  expect(access.get()).toEqual({ state: "open", mayChange: true });
  expect(location.href).toMatch(/\/fleet\?show=need$/);
  expect(sessionStorage.getItem("conductor.token")).toBe("secret");
  expect(accessOver(fetch).token()).toBe("secret");
});

test("a token that may look alone is known", async () => {
  const access = accessOver(
    server({ "GET /api/v1/tokens": () => json(403, { code: "forbidden", detail: "no" }) }),
  );
  await access.use("reader");
  expect(access.get()).toEqual({ state: "open", mayChange: false });
});

test("a token that is not taken is said to be refused", async () => {
  const fetch = server({ "GET /api/v1/tokens": () => json(401, { code: "unauthorized", detail: "no" }) });
  const access = accessOver(fetch);
  await expect(access.use("wrong")).rejects.toMatchObject({ code: "unauthorized" });
  expect(access.get().state).toBe("refused");
});

test("storage that throws keeps the token for the page", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new Error("full");
  });
  const access = accessOver(server({ "GET /api/v1/tokens": () => json(200, { items: [] }) }));
  await access.use("secret");
  expect(access.token()).toBe("secret");
});

test("tickets stand in links and their fragments alone", () => {
  expect(ticketOf("http://127.0.0.1:1/#ticket=a&fingerprint=b")).toBe("a");
  expect(ticketOf("conductor_abc")).toBeUndefined();
});

test("names in a path cannot lead elsewhere", () => {
  const path = { project: "p", task: "a/b" };
  expect(address("/p/{project}/t/{task}", { path, query: { x: undefined, y: 1 } })).toBe("/p/p/t/a%2Fb?y=1");
  expect(() => address("/p/{project}", { path: { project: ".." } })).toThrow("is no name");
});

test("a link that is used up is told from a token that is not taken", async () => {
  const refuse = () => json(401, { code: "unauthorized", detail: "this link does not work any more" });
  history.replaceState(null, "", "/#ticket=old");
  const access = accessOver(server({ "POST /api/v1/session": refuse }));
  await access.fromAddress();
  expect(access.get().state).toBe("expired");
  expect(location.hash).toBe("");
});
