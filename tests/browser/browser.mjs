// The browser of the tests: the one that the system has.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts it, with more options where a test needs them. It asks nobody for anything but the pages. */
export async function launch(...more) {
  const executablePath = process.env.CHROMIUM ?? PATHS.find(existsSync);
  const args = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", ...more,
  ];
  return chromium.launch({ executablePath, args });
}
