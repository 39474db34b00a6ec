import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
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

/** Channels of one browser, told at once. */
class Channel {
  static all = new Set<Channel>();
  static said: unknown[] = [];
  onmessage?: (event: { data: unknown }) => void;
  constructor(readonly name: string) {
    Channel.all.add(this);
  }
  postMessage(data: unknown) {
    Channel.said.push(data);
    for (const each of Channel.all)
      if (each !== this && each.name === this.name) each.onmessage?.({ data: structuredClone(data) });
  }
  close() {
    Channel.all.delete(this);
  }
}

beforeEach(() => {
  history.replaceState(null, "", "/");
  Channel.all.clear();
  Channel.said = [];
  vi.stubGlobal("BroadcastChannel", Channel);
});

test("a ticket is exchanged once, and is gone from the address", async () => {
  history.replaceState(null, "", "/fleet?show=need#ticket=t1");
  const fetch = server({
    "POST /api/v1/session": () => json(200, { token: "secret", name: "page" }),
    "GET /api/v1/tokens": () => json(200, { items: [] }),
  });
  const access = accessOver(fetch);
  expect(access.get().state).toBe("needed");
  await access.start();
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
  await access.start();
  expect(access.get().state).toBe("expired");
  expect(location.hash).toBe("");
});

describe("the tabs of a browser", () => {
  /** The server that takes some tokens. */
  function taking(...tokens: string[]) {
    const taken = new Set(tokens);
    const fetch = server({
      "GET /api/v1/tokens": (bearer) =>
        taken.has(bearer?.slice(7) ?? "") ? json(200, { items: [] }) : json(401, { code: "unauthorized" }),
    });
    return { taken, fetch };
  }

  /** A tab: its own session, the same browser. */
  async function tab(fetch: ReturnType<typeof server>, token?: string) {
    sessionStorage.clear();
    const access = accessOver(fetch);
    onTestFinished(await access.start());
    if (token) await access.use(token);
    return access;
  }

  test("give a new one their token, and it is asked of nobody else", async () => {
    const { fetch } = taking("secret");
    await tab(fetch, "secret");
    const second = await tab(fetch);
    expect(second.get()).toEqual({ state: "open", mayChange: true });
    expect(second.token()).toBe("secret");
    expect(sessionStorage.getItem("conductor.token")).toBe("secret");
    expect(localStorage.length).toBe(0);
    expect(fetch.mock.calls.map(([url]) => url)).toEqual(["/api/v1/tokens", "/api/v1/tokens"]);
  });

  test("that have none leave a new one at the gate, after a moment in which nothing is shown", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const access = accessOver(taking().fetch);
    const started = access.start();
    expect(access.get().state).toBe("asking");
    await vi.advanceTimersByTimeAsync(300);
    onTestFinished(await started);
    expect(access.get().state).toBe("needed");
  });

  test("come in by another where a link is used up", async () => {
    const { fetch } = taking("secret");
    await tab(fetch, "secret");
    history.replaceState(null, "", "/#ticket=old");
    expect((await tab(fetch)).get().state).toBe("open");
  });

  test("forget a token together: none gives it back", async () => {
    const { fetch } = taking("secret", "other");
    const first = await tab(fetch, "secret");
    const second = await tab(fetch);
    const other = await tab(fetch, "other");
    second.leave();
    expect([first, second, other].map((each) => each.get().state)).toEqual(["needed", "needed", "open"]);
    expect(first.token()).toBeUndefined();
  });

  test("look anew when one is refused, each once", async () => {
    const { taken, fetch } = taking("secret", "other");
    const first = await tab(fetch, "secret");
    const second = await tab(fetch);
    const other = await tab(fetch, "other");
    taken.delete("secret");
    second.refused("secret");
    await vi.waitFor(() => expect(first.get().state).toBe("refused"));
    expect(other.get().state).toBe("open");
    expect(Channel.said.filter((word) => (word as { kind: string }).kind === "look")).toHaveLength(2);
    // What was sent before with another token tells nothing about this one.
    other.refused("secret");
    expect(other.get().state).toBe("open");
  });

  test("keep no token beyond them, unless a person says so", async () => {
    const { taken, fetch } = taking("secret");
    const access = await tab(fetch, "secret");
    expect(localStorage.length).toBe(0);
    access.stay(true);
    Channel.all.clear();
    const later = await tab(fetch);
    expect([later.get().state, later.stays.get()]).toEqual(["open", true]);
    later.stay(false);
    expect(localStorage.length).toBe(0);

    await later.use("secret", true);
    expect(localStorage.getItem("conductor.token")).toBe("secret");
    taken.delete("secret");
    await expect(later.use("secret")).rejects.toMatchObject({ code: "unauthorized" });
    expect([localStorage.length, later.stays.get()]).toEqual([0, false]);

    taken.add("secret");
    await later.use("secret", true);
    later.leave();
    expect([localStorage.length, later.stays.get()]).toEqual([0, false]);
  });
});
