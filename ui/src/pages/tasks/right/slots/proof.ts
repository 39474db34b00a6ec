import { useEffect, useState } from "react";
import type { Host } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { RunView } from "~/platform/operations";
import { useHost } from "~/state/app";

/** What the files of a run tell. */
export type Proof = {
  /** When its agent last wrote something. */
  lastOutput?: string;
  /** The agent's own id of its session. */
  session?: string;
};

const OUTPUT = "agent-stdout.txt";
const EVENTS = "events.jsonl";
/** The session is told at the beginning of a run: so many bytes of it are read. */
const HEAD = 16 * 1024;
const NONE: Proof = {};

/** Reads the proof of a run, and follows its output while it is shown. */
export function useProof(run: RunView | undefined): Proof {
  const host = useHost();
  const [told, setTold] = useState<{ run: string; proof: Proof }>();
  const [id, status] = [run?.run, run?.status];
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id, and read again when it has ended.
  useEffect(() => run && follow(host, run, (proof) => setTold({ run: run.run, proof })), [host, id, status]);
  return told && told.run === id ? told.proof : NONE;
}

function follow(host: Host, run: RunView, tell: (proof: Proof) => void): () => void {
  const path = { project: run.project, task: run.task, run: run.run };
  let proof: Proof = {};
  let isOver = false;
  let subscription: Subscription | undefined;
  const add = (more: Proof) => {
    proof = { ...proof, ...more };
    if (!isOver) tell(proof);
  };
  const begin = async () => {
    const { items } = await host.request("runs_files_of_task", { path });
    const output = items.find(({ name }) => name === OUTPUT);
    if (output && output.bytes > 0) add({ lastOutput: output.modified_at });
    if (!isOver && run.status === "running") {
      subscription = host.live.subscribe(
        { kind: "log", ...path, stream: "stdout" },
        (event) => event.kind === "log" && add({ lastOutput: new Date(host.now()).toISOString() }),
        String(output?.bytes ?? 0),
      );
    }
    if (items.some(({ name }) => name === EVENTS)) add({ session: await sessionOf(host, path) });
  };
  // Where nothing can be read, nothing is told.
  begin().catch(() => undefined);
  return () => {
    isOver = true;
    subscription?.close();
  };
}

async function sessionOf(
  host: Host,
  path: { project: string; task: string; run: string },
): Promise<string | undefined> {
  const { bytes } = await host.file(
    "runs_file_of_task",
    { path: { ...path, name: EVENTS } },
    { from: 0, to: HEAD },
  );
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    const id = sessionIn(line);
    if (id) return id;
  }
  return undefined;
}

function sessionIn(line: string): string | undefined {
  try {
    const { event, id } = JSON.parse(line) as { event?: string; id?: string };
    return event === "session" ? id : undefined;
  } catch {
    // The last line of a part may be cut.
    return undefined;
  }
}
