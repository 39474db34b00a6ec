import { expect, test } from "vitest";
import { HttpHost } from "~/platform/http/host";

const PATH = { project: "webshop", task: "t" };

function hostOver(answers: (() => Response)[]) {
  const tags: (string | null)[] = [];
  const host = new HttpHost({
    token: "secret",
    fetch: async (_, init) => {
      tags.push(new Headers(init.headers).get("If-None-Match"));
      return answers.shift()?.() ?? Response.error();
    },
  });
  return { host, tags, ask: () => host.request("tasks_changes", { path: PATH, reuse: true }) };
}

const told = (tag: string, files: number) =>
  new Response(JSON.stringify({ totals: { files } }), {
    headers: { "Content-Type": "application/json", ETag: tag },
  });

test("an answer that still holds is the very same one, and one that does not is new", async () => {
  const same = () => new Response(null, { status: 304 });
  const { tags, ask } = hostOver([() => told('"a"', 1), same, () => told('"b"', 2), same]);
  const first = await ask();
  expect(await ask()).toBe(first);
  const next = await ask();
  expect(next.totals.files).toBe(2);
  expect(await ask()).toBe(next);
  expect(tags).toEqual([null, '"a"', '"a"', '"b"']);
});

test("a refusal is told, and what was known before is asked for again by its tag", async () => {
  const refused = () => new Response(JSON.stringify({ code: "conflict", detail: "no" }), { status: 409 });
  const { tags, ask } = hostOver([() => told('"a"', 1), refused, () => told('"b"', 2)]);
  await ask();
  await expect(ask()).rejects.toMatchObject({ code: "conflict" });
  expect((await ask()).totals.files).toBe(2);
  expect(tags).toEqual([null, '"a"', '"a"']);
});
