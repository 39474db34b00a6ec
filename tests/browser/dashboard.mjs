// The dashboard of a server with one scripted agent, in a real browser: what its tests share.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Served, buildProgram, until } from "../scripts/served.mjs";
import { launch } from "./browser.mjs";

/**
 * What the agent does, by a word of its prompt. It talks as any agent does: by `run-agent` on its PATH. Having asked, it
 * ends its turn; the answer stands in the prompt of the next.
 */
const SCRIPT = `
  prompt=$(cat)
  case "$prompt" in
    *"use green"*) echo "heard green"; run-agent done -m "green it is" ;;
    *ask-me*|*ask-by-key*)
      case "$prompt" in *ask-by-key*) choices="--choice white --choice black" ;; *) choices="--choice blue --choice red" ;; esac
      if mkdir "$JRUN_TASK_FOLDER/asked" 2>/dev/null; then
        run-agent ask "Which colour shall the door have?" $choices
      else
        colour=$(echo "$prompt" | grep -oE 'blue|red|white|black' | tail -n 1)
        echo "painting it $colour"; run-agent done -m "painted it $colour"
      fi ;;
    *work-on*)
      i=0
      while [ ! -e "$HOME/end" ]; do i=$((i + 1)); echo "line $i of work"; sleep 0.2; done
      run-agent done -m "worked" ;;
    *hear-me*)
      echo "listening"
      while [ ! -e "$HOME/turn" ]; do sleep 0.1; done ;;
    *fail-now*) echo "the door has no handle" >&2; exit 126 ;;
    *nasty*) cat "$HOME/nasty.txt"; run-agent done -m "$(cat "$HOME/nasty.txt")" ;;
    *) echo "done at once"; run-agent done -m "nothing to do" ;;
  esac
`;

/** Errors of the console that tell of what a test does on purpose: a server that is gone, a token that is not taken. */
const EXPECTED = /Failed to load resource|net::ERR_/;

export class Dashboard {
  /** Starts the server and the browser. */
  static async start() {
    const agents = { scripted: { type: "command", command: ["sh", "-c", SCRIPT] } };
    const served = new Served(buildProgram(), agents, { agent: "scripted", max_running: 8 });
    await served.start();
    return new Dashboard(served, await launch());
  }

  constructor(served, browser) {
    this.served = served;
    this.browser = browser;
    /** What pages said that they should not have. */
    this.trouble = [];
  }

  async end() {
    await this.browser?.close();
    await this.served?.end();
  }

  /** A new tab that came in by a link. */
  async open(path = "/", options = {}) {
    const page = await this.blank(options);
    const link = new URL(this.served.command("token", "link").split("\n")[0]);
    await page.goto(`${this.served.url}/${link.hash}`);
    await page.getByRole("banner").waitFor();
    if (path !== "/") await page.goto(this.served.url + path);
    await page.getByRole("main").waitFor();
    return page;
  }

  /** A new tab without a token. */
  async blank({ width = 1280, height = 800, theme = "light", ...more } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce", ...more,
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.trouble.push(error.message));
    page.on("console", (said) => {
      if (said.type() === "error" && !EXPECTED.test(said.text())) this.trouble.push(said.text());
    });
    page.setDefaultTimeout(30_000);
    return page;
  }

  /** Makes a task over the API; `{project, task, path}`, its path being that of its page. */
  async make(prompt, more = {}) {
    const body = { prompt, project: "demo", cwd: this.served.folder, workflow: "loop", ...more };
    const { project, task } = await this.served.ask("POST", "/api/v1/tasks", body);
    return { project, task, path: `/tasks/${project}/${task}`, api: `/api/v1/projects/${project}/tasks/${task}` };
  }

  /** Waits until a task is in a state, as the core tells it. */
  is({ api }, status) {
    return until(`${api} is ${status}`, async () => {
      const detail = await this.served.ask("GET", api);
      return detail.status === status && detail;
    });
  }

  /** Waits until a task's agent is at work. */
  async atWork(task) {
    await until(`${task.api} has a run`, async () => (await this.served.ask("GET", task.api)).run_list.length > 0);
    return task;
  }

  /** Lets agents go on that wait for a file. */
  let(name, text = "") {
    writeFileSync(join(this.served.folder, name), text);
  }

  /** Takes the file away again. */
  unlet(name) {
    rmSync(join(this.served.folder, name), { force: true });
  }
}

/** Presses the button of a dialog: the second step. */
export async function confirm(page, name) {
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

export { until };
