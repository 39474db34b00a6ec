import type { TaskView } from "../../operations";
import type { World } from "../world";
import { busy } from "./busy";
import { run, task } from "./parts";

const STATUSES: TaskView["status"][] = [
  "completed",
  "completed",
  "completed",
  "completed",
  "stopped",
  "failed",
];
const VERBS = ["fix", "add", "remove", "rename", "speed-up", "document", "test", "split"];
const THINGS = [
  "checkout",
  "search",
  "login",
  "invoice",
  "cart",
  "cache",
  "metrics",
  "parser",
  "uploads",
  "mailer",
];

/** 10,000 tasks in 24 projects, 60 of them not finished; long names, other scripts, emoji. */
export function full(clock?: World["clock"]): World {
  const world = busy(clock);
  for (let index = world.tasks.size; index < 10_000; index += 1) world.place(...one(world, index));
  odd(world);
  return world;
}

function one(world: World, index: number): Parameters<World["place"]> {
  const isOpen = index < 70;
  const status = isOpen
    ? index % 4
      ? "running"
      : "queued"
    : (STATUSES[index % STATUSES.length] ?? "completed");
  const slug = `${VERBS[index % VERBS.length]}-${THINGS[(index >> 3) % THINGS.length]}-${index}`;
  const minutes = isOpen ? 2 + index / 3 : 300 + index * 7;
  const made = task(world, `service-${index % 22}`, slug, minutes, {
    status,
    title: slug.replaceAll("-", " "),
    agent: ["claude", "codex", "gemini"][index % 3],
    ended_at: isOpen ? undefined : world.clock.iso(-minutes + 20),
    updated_at: world.clock.iso(isOpen ? -1 : -minutes + 20),
    cost_usd: (index % 40) / 10,
  });
  if (!isOpen && status === "failed") world.handled.set(`failed-${made.task}`, { seen: true });
  const runs = isOpen && status === "running" ? [run(world, made, minutes, { iteration: 1 })] : [];
  return [made, {}, runs];
}

function odd(world: World): void {
  const long = "a-very-long-name-that-goes-on-and-on-until-it-is-cut";
  const title = `${"Say the same thing again and again ".repeat(12)}🎉`;
  world.place(task(world, "service-1", long, 5, { status: "running", title }));
  world.place(
    task(world, "service-2", "rtl", 6, { status: "running", title: "إصلاح إعادة التوجيه \u202eآخر 👩‍👩‍👧" }),
  );
}
