// What a first visit loads, gzipped: the page, its scripts and styles with all that they import at once, and the
// fonts that English text needs. Fails above the budget of the design.
import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUDGET = 220 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["index.html", "icon.svg"]);
const visit = (key) => {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) visit(next);
};
visit("index.html");
for (const name of await readdir(new URL("assets/", dist))) {
  if (/-latin-wght-normal.*woff2$/.test(name)) files.add(`assets/${name}`);
}

let total = 0;
for (const file of files) {
  const bytes = gzipSync(await readFile(new URL(file, dist))).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KiB  ${file}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KiB  first load, gzipped (at most ${BUDGET / 1024})`);
if (total > BUDGET) process.exit(1);
