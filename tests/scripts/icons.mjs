// `npm run icons`: makes the sizes of the app's icon and the silhouettes of the tray from their drawings in icons/. They
// are committed; the build needs none of this.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { needModules, root, run } from "./setup.mjs";

/** Colours of the silhouettes: of a dark panel's text, and of a light one's. */
const INKS = { dark: "#f2f3f5", light: "#2b2e35" };
const SIZES = ["32x32.png", "128x128.png", "128x128@2x.png", "icon.png"];

needModules();
const folder = mkdtempSync(join(tmpdir(), "conductor-icons-"));
try {
  make(join(root, "icons", "app.svg"), "app");
  for (const name of SIZES) copyFileSync(join(folder, "app", name), join(root, "src-tauri", "icons", name));
  const tray = join(root, "icons", "tray");
  const target = join(root, "src-tauri", "icons", "tray");
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(tray)) {
    for (const [panel, ink] of Object.entries(INKS)) {
      const name = `${basename(file, ".svg")}-${panel}`;
      const drawing = join(folder, `${name}.svg`);
      writeFileSync(drawing, readFileSync(join(tray, file), "utf8").replaceAll("INK", ink));
      make(drawing, name, "--png", "64");
      copyFileSync(join(folder, name, "64x64.png"), join(target, `${name}.png`));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function make(drawing, name, ...more) {
  run("npx", ["--no-install", "tauri", "icon", drawing, "-o", join(folder, name), ...more], { stdio: "ignore" });
}
