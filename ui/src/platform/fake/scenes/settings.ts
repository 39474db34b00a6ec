import type { World } from "../world";

const FILE = "/home/ada/.config/conductor-loop/config.yaml";

const CONFIG: Record<string, unknown> = {
  storage: {},
  defaults: {
    agent: "claude",
    access: "edit",
    max_running: 4,
    max_restarts: 50,
    max_failures: 5,
    max_depth: 4,
    max_cost_usd: 5,
    idle_timeout: "15m",
    wall_time: "8h",
  },
  agents: { claude: { type: "claude", model: "opus" }, codex: { type: "codex" } },
  projects: { infra: { agent: "codex", access: "read" } },
  bus: { durability: "none", flush_interval: "1s", rotate_at: "64MiB" },
  power: { keep_awake: true, battery_floor: 20 },
  webhook: {
    url: "https://example.org/…",
    format: "json",
    timeout: "10s",
    secret_file: "~/.keys/webhook",
  },
  webhooks: {
    phone: { url: "https://ntfy.sh/…", format: "ntfy", timeout: "10s" },
    team: {
      url: "https://hooks.slack.com/…",
      format: "slack",
      events: ["task.waiting_answer", "task.failed"],
      timeout: "10s",
    },
  },
  api: { host: "127.0.0.1", port: 14355 },
};

/** A machine on which somebody set things: a configuration, webhooks, tokens, things that may go. */
export function settled(world: World): void {
  world.settings = {
    config: CONFIG as World["settings"]["config"],
    origins: {
      "defaults.agent": `${FILE}:4:10`,
      "defaults.access": `${FILE}:5:11`,
      "defaults.max_running": "CONDUCTOR_DEFAULTS_MAX_RUNNING",
      "defaults.max_cost_usd": `${FILE}:6:17`,
      "agents.claude.model": `${FILE}:9:12`,
      "projects.infra.agent": `${FILE}:12:12`,
      "projects.infra.access": `${FILE}:13:13`,
      "webhook.url": `${FILE}:16:8`,
      "webhooks.phone.url": `${FILE}:20:10`,
      "webhooks.team.url": `${FILE}:23:10`,
    },
    warnings: [
      {
        place: "/home/ada/src/webshop/conductor.yaml:3:3",
        key: "agents.claude.env",
        message: "is ignored, as this file is not trusted",
        hint: "`run-agent config trust` trusts it as it is now",
      },
    ],
  };
  world.findings = [
    { what: "git", health: "good", text: "git version 2.47.3" },
    { what: "agents", health: "note", text: "gemini is not logged in", hint: "run `gemini` once and log in" },
    { what: "config", health: "good", text: FILE },
    { what: "root", health: "good", text: "/home/ada/.conductor" },
    { what: "disk", health: "good", text: "55 GiB are free" },
    { what: "index", health: "good", text: "follows the journal" },
    {
      what: "webhook",
      health: "problem",
      text: "team: 3 deliveries were given up, the last for 404",
      hint: "`run-agent webhook replay --failed --to team` sends them again",
    },
  ];
  world.tokens = [
    { name: "page-1", allows: "full", created_at: world.clock.iso(-90) },
    { name: "phone", allows: "read", created_at: world.clock.iso(-3000) },
    {
      name: "builder",
      allows: "task webshop/task-20261120-134118-fix-login-redirect",
      created_at: world.clock.iso(-9),
    },
  ];
  world.garbage = [
    { what: "task", name: "webshop/task-20260911-080122-old-checkout", bytes: 48_300_000 },
    { what: "task", name: "infra/task-20260903-171544-dns-move", bytes: 2_100_000 },
    { what: "program", name: "run-agent-0.0.9-5f3a", bytes: 21_400_000 },
  ];
}
