// Figures of a benchmark beside what the design asks, and what processes use.

import { readFileSync, readdirSync } from "node:fs";

/** Clock ticks of a second, in which Linux counts processor time for programs. */
const TICKS = 100;
let isMissed = false;

/** Prints a figure; where it is more than `most` the program fails in the end. */
export function tell(what, value, unit, most) {
  const isGood = value <= most;
  console.log(`  ${isGood ? "ok  " : "MISS"} ${what}: ${value.toFixed(1)} ${unit} (at most ${most.toFixed(1)})`);
  if (!isGood) miss();
}

/** Prints a figure of which the design says nothing. */
export function mention(what, value, unit) {
  console.log(`       ${what}: ${value.toFixed(1)} ${unit}`);
}

/** The program fails in the end, for this reason. */
export function miss(what) {
  if (what) console.log(`  MISS ${what}`);
  isMissed = true;
}

process.on("exit", () => {
  if (isMissed) process.exitCode ||= 1;
});

export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Processor time that a process has used, of itself and in the kernel, in seconds. */
export function worked(pid) {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** What processes use of a core while so many seconds pass, in per cent. */
export async function share(pids, seconds) {
  const sum = () => pids.reduce((all, pid) => all + worked(pid), 0);
  const [before, begun] = [sum(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return ((sum() - before) / (performance.now() - begun)) * 100_000;
}

/** Memory of processes in MB, what they share with others counted by their part of it (Pss). */
export function memory(pids) {
  const of = (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]);
  return (pids.reduce((all, pid) => all + of(pid), 0) * 1024) / 1e6;
}

/** A process and all that come from it. */
export function family(pid) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(all.flatMap((each) => {
    try {
      return [[each, Number(statOf(each)[1])]];
    } catch {
      return [];
    }
  }));
  const found = [pid];
  for (const each of found) found.push(...all.filter((child) => parents.get(child) === each));
  return found;
}

/** What a process calls itself. */
export function nameOf(pid) {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

/** The fields of `/proc/<pid>/stat` from the third on: what stands before them may have any byte in it. */
function statOf(pid) {
  return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
}
