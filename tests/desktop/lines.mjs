// A program that is talked to by lines.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const running = new Set();
// Whatever ends the tests, nothing of them stays.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export class Lines {
  constructor(program, args, env) {
    this.child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.lines = [];
    this.errors = "";
    this.ended = once(this.child, "exit").then(([code, signal]) => code ?? signal);
    createInterface({ input: this.child.stdout }).on("line", (line) => this.lines.push(line));
    this.child.stderr.on("data", (text) => { this.errors += text; });
    running.add(this.child);
    this.child.once("exit", () => running.delete(this.child));
  }

  get pid() {
    return this.child.pid;
  }

  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  async end(signal = "SIGTERM") {
    if (this.isRunning) this.child.kill(signal);
    return this.ended;
  }
}
