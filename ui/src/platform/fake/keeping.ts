import { Problem } from "../problem";
import type { Handlers } from "./handlers";

/** The operations of the fake core that keep the root and let others in. */
export const KEEPING: Handlers = {
  system_doctor: (world) => ({ items: world.findings }),
  system_config: (world) => world.settings,
  system_collect: (world, { body }) => {
    const items = world.garbage;
    const isDry = body?.dry_run ?? true;
    if (!isDry) world.garbage = [];
    return { dry_run: isDry, items, problems: [] };
  },
  tokens_tokens: (world) => ({
    items: [{ name: "local", allows: "full", created_at: world.clock.iso(-600) }, ...world.tokens],
  }),
  tokens_add_token: (world, { body: { name, allows } }) => {
    if (!/^[\w-]+$/.test(name)) throw new Problem("usage", `"${name}" cannot be the name of a token`);
    if (world.tokens.some((token) => token.name === name))
      throw new Problem("conflict", `there is a token "${name}" already`);
    const word = typeof allows === "string" ? allows : `task ${allows.task.project}/${allows.task.task}`;
    world.tokens = [...world.tokens, { name, allows: word, created_at: world.clock.iso() }];
    return { name, token: "conductor_2b7Yd0sZkq3VxJr1uPpH6tWmA8nFgLc9eRzQ4iKoXyU" };
  },
  tokens_revoke_token: (world, { path: { name } }) => {
    world.tokens = world.tokens.filter((token) => token.name !== name);
    return undefined;
  },
  tokens_issue: () => ({
    url: "http://127.0.0.1:14355/#ticket=conductor_FytgAyCw0fZ9BrKLKzSgIebIEj2KFB6AbjhRqkzAY7c",
    pairing_url:
      "https://192.168.1.5:14355/#ticket=conductor_FytgAyCw0fZ9BrKLKzSgIebIEj2KFB6AbjhRqkzAY7c&fingerprint=3b1f9c77e2a04d5586f0c91b2d7a4e38",
    expires_in: 600,
  }),
};
