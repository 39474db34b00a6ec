// A server in a world of its own, for scripts that hold it against something: its root, home and configuration are in
// a folder that is removed in the end.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fail, needDesktop, root, run } from "./setup.mjs";

/** Builds the program; where it is. */
export function buildProgram() {
  needDesktop();
  run("cargo", ["build", "--locked", "--workspace", "--all-features"]);
  return join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "run-agent");
}

export class Served {
  /** With these agents and defaults of the configuration. */
  constructor(program, agents, defaults) {
    this.program = program;
    this.folder = mkdtempSync(join(tmpdir(), "conductor-served-"));
    const path = join(this.folder, "conductor.yaml");
    writeFileSync(path, JSON.stringify({ version: 1, agents, defaults }));
    this.env = {
      PATH: process.env.PATH, LANG: "C.UTF-8", HOME: this.folder, CONDUCTOR_ROOT: join(this.folder, "root"),
      CONDUCTOR_CONFIG: path, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.folder}/system-bus`, PIP_DISABLE_PIP_VERSION_CHECK: "1",
    };
  }

  /** Starts the server on a free port, or on this one, and waits until it answers. */
  async start(port = 0) {
    const args = ["serve", "--port", String(port), "--json"];
    this.child = spawn(this.program, args, { env: this.env, stdio: ["ignore", "pipe", "ignore"] });
    const lines = createInterface({ input: this.child.stdout });
    const [line] = await Promise.race([once(lines, "line"), once(this.child, "exit")]);
    if (typeof line !== "string") fail("the server has not started");
    this.url = JSON.parse(line).url;
    this.token = this.command("token", "show");
  }

  /** What a command of the program prints. */
  command(...args) {
    const done = spawnSync(this.program, args, { env: this.env, encoding: "utf8" });
    if (done.status !== 0) fail(`run-agent ${args.join(" ")}: ${done.stderr}`);
    return done.stdout.trim();
  }

  /** The answer to a request, as JSON where it is JSON. */
  async ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  }

  /** Makes a task of the project `demo`; `{project, task}`. */
  make(prompt) {
    return this.ask("POST", "/api/v1/tasks", { prompt, project: "demo", cwd: this.folder });
  }

  /** Ends the server at once, as a crash does. */
  async kill() {
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  /** Stops what still runs, ends the server and removes the folder. */
  async end() {
    try {
      if (this.child && this.child.exitCode === null && this.child.signalCode === null) {
        await this.stopAll();
        this.child.kill("SIGTERM");
        await once(this.child, "exit");
      }
    } finally {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  async stopAll() {
    const active = await this.ask("GET", "/api/v1/tasks?active=true&limit=500");
    for (const { project, task } of active.items) {
      await this.ask("POST", `/api/v1/projects/${project}/tasks/${task}/stop`, { force: true }).catch(console.error);
    }
  }
}

/** Calls `look` until it gives something. */
export async function until(what, look, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
