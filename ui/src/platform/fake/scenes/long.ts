import { GrowingFile, LinesFile } from "../files";
import type { World } from "../world";
import { busy } from "./busy";
import { run, task } from "./parts";

/** Rows that the transcript of the long run shows. */
const ROWS = 100_000;
/** Lines of its log, 100 bytes each: 1 GB. */
const LINES = 10_000_000;

/** What is too large to be held at once: a run with 100,000 rows, and a log of 1 GB. */
export function long(clock?: World["clock"]): World {
  const world = busy(clock);
  const made = task(world, "webshop", "long-haul", 600, {
    status: "running",
    title: "Port the test suite, one file after the other",
    iteration: 2,
    runs: 2,
  });
  const first = run(world, made, 600, {
    status: "stopped",
    iteration: 1,
    ended_at: world.clock.iso(-500),
    model: "opus",
  });
  const second = run(world, made, 480, { iteration: 2, model: "opus" });
  world.place(made, { spend: {} }, [first, second]);
  const folder = (id: string) => `${made.project}/${made.task}/${id}`;
  world.files.set(`${folder(first.run)}/events.jsonl`, events(400, world.clock.now() - 36_000_000));
  world.files.set(`${folder(second.run)}/events.jsonl`, events(ROWS, world.clock.now() - 28_800_000));
  world.files.set(`${folder(second.run)}/agent-stdout.txt`, new LinesFile(LINES, 100, logLine));
  world.append(`${folder(second.run)}/agent-stderr.txt`, "");
  return world;
}

function events(rows: number, from: number): GrowingFile {
  const file = new GrowingFile();
  let offset = 0;
  let text = "";
  const tell = (row: number, event: Record<string, unknown>) => {
    const ts = new Date(from + row * 250).toISOString();
    text += `${JSON.stringify({ offset, end: offset + 100, ts, ...event })}\n`;
    offset += 100;
  };
  for (let row = 0; row < rows; row += 1) {
    for (const event of eventsOf(row)) tell(row, event);
    if (text.length < 1_000_000) continue;
    file.append(text);
    text = "";
  }
  file.append(text);
  return file;
}

/** A line of the transcript: a text, or a use of a tool with its result. */
function eventsOf(row: number): Record<string, unknown>[] {
  const file = `tests/suite_${row % 400}/case_${row}.rs`;
  if (row % 5 === 0) return [{ event: "text", text: TEXTS[(row / 5) % TEXTS.length]?.replace("$", file) }];
  const id = `t${row}`;
  const [name, input, output] =
    row % 5 === 1
      ? ["Read", { file_path: file }, "fn case() {}\n".repeat(1 + (row % 40))]
      : row % 5 === 2
        ? ["Edit", { file_path: file, old_string: "old();", new_string: "new();\nassert!(ok);" }, "edited"]
        : ["Bash", { command: `cargo nextest run ${row}` }, `Summary: ${row % 90} passed`];
  return [
    { event: "tool_call", id, name, input },
    { event: "tool_result", id, output, is_error: row % 97 === 0 },
  ];
}

const TEXTS = [
  "Ported `$`.",
  "The case in `$` relied on the order of a map. It is sorted now, so that it does not fail from time to time, and the comment above it says why.",
  "Next come the cases that **write files**:\n\n- they get a folder of their own\n- it is removed afterwards, also when they fail",
];

function logLine(number: number): string {
  const level = number % 50 === 7 ? "\u001b[33mwarn\u001b[0m" : "\u001b[32minfo\u001b[0m";
  return `${String(number).padStart(8, "0")} ${level} worker-${number % 16} compiled unit ${number * 7919} of the suite`;
}
