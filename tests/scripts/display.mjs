// A display without a screen and a session bus, for one program and what it starts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a command line on them; its exit code. What the screen shows is in the folder that `$CONDUCTOR_SCREEN` names. */
export function onDisplay(words, env = {}, size = "1280x800") {
  const runtime = mkdtempSync(join(tmpdir(), "conductor-display-"));
  const display = ["xvfb-run", "-a", "-s", `-screen 0 ${size}x24 -fbdir ${runtime}`];
  const done = spawnSync("dbus-run-session", ["--", ...display, ...words], {
    stdio: "inherit", env: { ...process.env, XDG_RUNTIME_DIR: runtime, CONDUCTOR_SCREEN: runtime, GDK_BACKEND: "x11", ...env },
  });
  rmSync(runtime, { recursive: true, force: true });
  return done.status ?? 1;
}
