import { World } from "../world";
import { changed } from "./changes";
import { doing } from "./doing";
import { history } from "./history";
import { agents, run, task } from "./parts";
import { settled } from "./settings";
import { earlier, transcript } from "./transcript";

/** Two projects in which somebody works with three agents: one task in each state. */
export function busy(clock?: World["clock"]): World {
  const world = new World(clock);
  agents(world);
  settled(world);
  login(world);
  billing(world);
  others(world);
  doing(world);
  changed(world);
  for (let day = 1; day <= 14; day += 1) finished(world, day);
  return world;
}

function login(world: World): void {
  const fix = task(world, "webshop", "fix-login-redirect", 8.7, {
    status: "running",
    title: "Fix the login redirect: it drops the query string",
    access: "full",
    iteration: 2,
    runs: 2,
    cost_usd: 1.86,
  });
  const first = run(world, fix, 8.7, {
    status: "completed",
    iteration: 1,
    ended_at: world.clock.iso(-2.6),
    model: "opus",
    usage: { input: 62_000, output: 3_100 },
    cost_usd: 0.66,
  });
  const second = run(world, fix, 2.53, { iteration: 2, model: "opus" });
  world.place(fix, { spend: { input: 184_000, output: 9_100, cost_usd: 1.86 }, model: "opus" }, [
    first,
    second,
  ]);
  earlier(world, fix, first);
  transcript(world, fix, second);
  history(
    world,
    fix,
    [first, second],
    [
      [-9.4, "queued", "waits for a free slot"],
      [-8.7, "running"],
      [-6.1, "waiting_answer"],
      [-5.2, "running"],
      [-4.4, "waiting_quota", "usage limit until 13:46"],
      [-3.6, "running"],
    ],
  );
  const child = task(world, "webshop", "write-regression-test", 1.07, {
    status: "running",
    title: "Write a regression test for the redirect",
    agent: "codex",
    parent_task: `webshop/${fix.task}`,
  });
  world.place(child, {}, [run(world, child, 1.07, { iteration: 1 })]);
  const at = (minutes: number) => ({ ts: world.clock.iso(minutes) });
  const word = world.post("webshop", fix.task, {
    type: "USER",
    body: "Do not touch the OAuth flow.",
    ...at(-8),
  });
  world.post("webshop", fix.task, {
    type: "INFO",
    body: "in the prompt of iteration 2",
    parents: [{ msg_id: word.msg_id ?? "", kind: "receipt" }],
    ...at(-2.5),
  });
  world.post("webshop", fix.task, { type: "REVIEW", body: "Test lacks a target with “?next=”.", ...at(-3) });
  world.post("webshop", fix.task, {
    type: "PROGRESS",
    body: "Cause found: path() drops the query.",
    ...at(-2.2),
  });
  world.post("webshop", fix.task, {
    type: "DECISION",
    body: "Keep path_and_query; no new setting.",
    ...at(-1.8),
  });
  world.post("webshop", fix.task, { type: "FACT", body: "41 tests pass on this branch.", ...at(-1.1) });
}

function billing(world: World): void {
  const billing = task(world, "webshop", "migrate-billing", 46, {
    status: "waiting_answer",
    title: "Migrate billing to the new schema",
    updated_at: world.clock.iso(-14),
    cost_usd: 0.92,
  });
  const text = "Drop the old invoices table in this migration, or keep it for one release?";
  const question = {
    msg_id: `MSG-${world.id()}`,
    text,
    choices: ["Keep it", "Drop it"],
    default: "Keep it",
    default_at: world.clock.iso(14),
    asked_at: world.clock.iso(-14),
  };
  world.place(billing, { question }, [
    run(world, billing, 46, { status: "completed", iteration: 1, ended_at: world.clock.iso(-14) }),
  ]);
  world.post("webshop", billing.task, {
    type: "QUESTION",
    msg_id: question.msg_id,
    body: text,
    ts: question.asked_at,
  });
  const rename = task(world, "webshop", "rename-orders", 40, {
    status: "waiting",
    title: "Rename orders to purchases",
    reason: `waits for ${billing.task} (waiting_answer)`,
    agent: "codex",
    runs: 0,
    iteration: 0,
    started_at: undefined,
  });
  world.place(rename, { depends_on: [billing.task] });
}

function others(world: World): void {
  const axum = task(world, "webshop", "upgrade-axum", 3.3, {
    status: "running",
    title: "Upgrade axum to 0.8",
    agent: "gemini",
  });
  world.place(axum, { spend: { input: 90_000, output: 6_000 } }, [run(world, axum, 3.3, { iteration: 1 })]);
  const docs = task(world, "webshop", "docs-search", 31, {
    status: "paused",
    title: "Search in the documentation",
    reason: "paused by a person",
    updated_at: world.clock.iso(-12),
  });
  world.place(docs, {}, [run(world, docs, 31, { iteration: 1 })]);
  const search = task(world, "webshop", "search-index", 70, {
    status: "waiting_review",
    title: "Queries of one letter no longer scan the table",
    agent: "codex",
    updated_at: world.clock.iso(-2),
  });
  world.place(search, {}, [
    run(world, search, 70, { status: "completed", iteration: 1, ended_at: world.clock.iso(-2) }),
  ]);
  const flake = task(world, "webshop", "e2e-flake", 42, {
    status: "failed",
    title: "Find out why the checkout test fails now and then",
    agent: "codex",
    updated_at: world.clock.iso(-41),
    ended_at: world.clock.iso(-41),
  });
  const error = {
    code: "permanent",
    message: "The model service rejected the key (401)",
    hint: "check OPENAI_API_KEY, then `run-agent resume e2e-flake`",
  };
  world.place(flake, { error, end_reason: "permanent" }, [
    run(world, flake, 42, {
      status: "failed",
      iteration: 1,
      ended_at: world.clock.iso(-41),
      exit_code: 1,
      error: error.message,
    }),
  ]);
  const certs = task(world, "infra", "rotate-certs", 95, {
    status: "waiting_quota",
    title: "Rotate the certificates of the edge",
    reason: "usage limit until 14:12",
    updated_at: world.clock.iso(-9),
  });
  world.place(certs, { wake_at: world.clock.iso(22) }, [
    run(world, certs, 95, { status: "failed", iteration: 1, ended_at: world.clock.iso(-9) }),
  ]);
  const terraform = task(world, "infra", "terraform-fmt", 1, {
    status: "queued",
    title: "Format all modules",
    reason: "waits for a free slot",
    runs: 0,
    iteration: 0,
    started_at: undefined,
  });
  world.place(terraform);
}

function finished(world: World, day: number): void {
  const done = task(world, day % 3 ? "infra" : "webshop", `chore-${day}`, day * 700, {
    status: day % 7 ? "completed" : "stopped",
    title: `Chore ${day}: dependencies, dead code, typos`,
    ended_at: world.clock.iso(-day * 700 + 25),
    updated_at: world.clock.iso(-day * 700 + 25),
    cost_usd: day / 7,
  });
  world.place(done, {}, [
    run(world, done, day * 700, {
      status: "completed",
      iteration: 1,
      ended_at: world.clock.iso(-day * 700 + 25),
    }),
  ]);
}
