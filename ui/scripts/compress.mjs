// Puts a `.br` and a `.gz` beside each built file that gets smaller by it: the server sends what a browser takes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const entries = await readdir(dist, { recursive: true, withFileTypes: true });
for (const entry of entries.filter(
  (entry) => entry.isFile() && /\.(html|js|css|svg|json)$/.test(entry.name),
)) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const plain = await readFile(path);
  for (const [ending, compressed] of [
    ["br", brotliCompressSync(plain)],
    ["gz", gzipSync(plain, { level: 9 })],
  ]) {
    if (compressed.length < plain.length * 0.9) await writeFile(`${path}.${ending}`, compressed);
  }
}
