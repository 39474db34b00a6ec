import type { Source } from "./source";

const CHUNK = 8 * 1024 * 1024;

/** Reads a whole file, a part at a time, and gives it to the browser to keep. `told`: the part that is there, 0 to 1. */
export async function download(
  source: Source,
  told: (part: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts: Blob[] = [];
  let [at, total] = [0, 1];
  while (at < total) {
    const part = await source.read({ from: at, to: at + CHUNK }, signal);
    total = at === 0 ? part.total : total;
    if (part.bytes.length === 0) break;
    // Of a file that grows meanwhile, what was there at the beginning.
    const bytes = part.bytes.subarray(0, total - at);
    parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    at += bytes.length;
    told(at / total);
  }
  give(new Blob(parts, { type: "application/octet-stream" }), source.name);
}

function give(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
