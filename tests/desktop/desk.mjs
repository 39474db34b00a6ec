// A desktop of a test's own: a person's folders, a stand-in for the panel and the notification service, and the app, in a
// driven window or started as a launcher does.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Builder, Capabilities } from "selenium-webdriver";
import { until } from "../scripts/served.mjs";
import { root } from "../scripts/setup.mjs";
import { Lines } from "./lines.mjs";

const here = join(root, "tests", "desktop");
/** Where the programs are: those of a build, or installed ones. */
const programs = process.env.CONDUCTOR_PROGRAMS ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug");
export const app = join(programs, "conductor-desktop");
export const runAgent = join(programs, "run-agent");

export class Desk {
  /** With these agents, and of `panel` and `notifications` what there is. */
  constructor(agents = {}, { parts = ["panel", "notifications"], env = {}, defaults = {} } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "conductor-desk-"));
    this.parts = parts;
    const configuration = { version: 1, agents, defaults: { agent: Object.keys(agents)[0], max_running: 8, ...defaults } };
    this.write(".config/conductor-loop/config.yaml", JSON.stringify(configuration));
    mkdirSync(join(this.folder, "work"));
    const session = ["DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "GDK_BACKEND"];
    this.env = {
      ...Object.fromEntries(session.filter((name) => process.env[name]).map((name) => [name, process.env[name]])),
      PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: this.folder, SHELL: "/bin/bash", TZ: "UTC",
      CONDUCTOR_ROOT: join(this.folder, "root"), DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.folder}/system-bus`, TAURI_WEBVIEW_AUTOMATION: "true", ...env,
    };
  }

  write(name, text) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Writes a program. */
  program(name, text) {
    const path = this.write(name, text);
    chmodSync(path, 0o755);
    return path;
  }

  /** Starts the panel and the notification service, where there are any. */
  async open() {
    if (this.parts.length === 0) return this;
    this.panel = new Lines("/usr/bin/python3", [join(here, "panel.py"), ...this.parts], process.env);
    await this.told("ready");
    return this;
  }

  /** Starts the app as a launcher does. */
  start(...args) {
    this.direct = new Lines(app, args, this.env);
    return this.direct;
  }

  /** Starts the app in a driven window, and leaves its page for a text: there nothing asks but the test. */
  async drive(...args) {
    await this.browse(...args);
    const text = await until("the page", () => this.window.executeScript("return document.querySelector('script[src]')?.src"));
    await this.window.executeScript("location.replace(arguments[0])", text);
    await until("the text", async () => (await this.window.getCurrentUrl()) === text);
    await until("the bridge", () => this.window.executeScript("return '__TAURI_INTERNALS__' in window"));
    return this.window;
  }

  /** Starts the app in a driven window, with its page. */
  async browse(...args) {
    const port = await freePort();
    this.driver = new Lines("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], this.env);
    const wanted = new Capabilities();
    wanted.setBrowserName("wry");
    wanted.set("webkitgtk:browserOptions", { binary: this.launcher ?? app, args });
    const build = () => new Builder().usingServer(`http://127.0.0.1:${port}/`).withCapabilities(wanted).build();
    await until("the driver to listen", () => answers(port), 20);
    this.window = await build();
    await this.window.manage().setTimeouts({ script: 60_000 });
    return this.window;
  }

  /** Calls a command as the page does: `{ok}` or `{refused}`. */
  call(command, args = {}) {
    return this.window.executeAsyncScript((command, args, done) => {
      const { invoke } = window.__TAURI_INTERNALS__;
      invoke(command, args).then((ok) => done({ ok }), (refused) => done({ refused }));
    }, command, args);
  }

  /** A request through the window's door, its body as JSON. */
  async ask(method, path, body) {
    const { ok, refused } = await this.call("ask", { method, path, body });
    if (refused) throw new Error(JSON.stringify(refused));
    const json = ok.body ? JSON.parse(ok.body) : undefined;
    if (ok.status >= 400) throw new Error(`${method} ${path}: ${ok.status} ${ok.body}`);
    return json;
  }

  /** What `run-agent` prints. */
  command(...args) {
    const done = spawnSync(runAgent, args, { env: this.env, cwd: join(this.folder, "work"), encoding: "utf8" });
    if (done.status !== 0) throw new Error(`run-agent ${args.join(" ")}: ${done.status} ${done.stderr}`);
    return done.stdout.trim();
  }

  /** Makes a task of the project `shop`; `{project, task}`. */
  make(prompt, ...more) {
    const args = ["job", prompt, "--project", "shop", "--detach", "--json", ...more];
    return JSON.parse(this.command(...args));
  }

  /** The status of a task. */
  status(task) {
    return JSON.parse(this.command("status", task, "--project", "shop", "--json")).status;
  }

  /** The next line of the panel that says `what`, of those that were not taken yet. */
  async told(what, seconds = 20) {
    return until(`the panel to tell ${what}`, () => this.take(what), seconds);
  }

  take(what) {
    const index = this.panel.lines.findIndex((line) => JSON.parse(line).what === what);
    return index < 0 ? undefined : JSON.parse(this.panel.lines.splice(index, 1)[0]);
  }

  /** What the panel answers; none where it could not. */
  async answer(line, what) {
    this.panel.say(line);
    const answer = await until("the panel to answer", () => this.take(what) ?? this.take("error"));
    return answer.what === what ? answer : undefined;
  }

  /** What the panel answers, asked again where the app was not there yet. */
  asked(line, what) {
    return until(`the panel to tell ${what}`, () => this.answer(line, what));
  }

  /** The words of the tray's menu. */
  async menu() {
    return (await this.asked("menu", "menu")).lines;
  }

  /** Clicks the line of the menu that has these words in it; again where the menu was another one by then. */
  async click(words) {
    await until(`a click on ${words}`, async () => {
      const line = (await this.menu()).find(({ label }) => label.includes(words));
      if (!line) throw new Error(`no line of the menu says ${words}`);
      return this.answer(`click ${line.id}`, "clicked");
    });
  }

  /** The numbers of the app's windows that are shown. */
  shown() {
    const found = spawnSync("xdotool", ["search", "--onlyvisible", "--name", "^Conductor Loop$"], { encoding: "utf8" });
    return found.stdout.trim().split("\n").filter(Boolean);
  }

  /** Closes the window as a window manager does. */
  closeWindow() {
    execFileSync("/usr/bin/python3", [join(here, "close.py"), this.shown()[0]]);
  }

  /** Processes of this program in this desktop. */
  processes(program) {
    return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
      try {
        const environ = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        return readlinkSync(`/proc/${pid}/exe`) === program && environ.includes(`HOME=${this.folder}`);
      } catch {
        return false;
      }
    }).map(Number);
  }

  async end() {
    await Promise.race([this.window?.quit().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 5000))]);
    await this.direct?.end("SIGKILL");
    await this.driver?.end("SIGKILL");
    for (const pid of this.processes(app)) process.kill(pid, "SIGKILL");
    this.panel?.child.stdin.end();
    await this.panel?.ended;
    try {
      for (const { project, task } of JSON.parse(this.command("list", "--active", "--json")).tasks ?? []) {
        spawnSync(runAgent, ["stop", task, "--project", project, "--force"], { env: this.env });
      }
    } finally {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(port) {
  return fetch(`http://127.0.0.1:${port}/status`).then(() => true, () => false);
}
