import type { ByteRange, FilePart, Host } from "~/platform/host";
import type { LiveEvent, Subscription } from "~/platform/live/live";
import type { RunView } from "~/platform/operations";
import { Problem } from "~/platform/problem";
import type { TaskRef } from "~/state/keys";

/** A file of which parts can be read, and which may grow. */
export type Source = {
  /** Another one names another file. */
  key: string;
  name: string;
  read(range: ByteRange, signal?: AbortSignal): Promise<FilePart>;
  /** Absent where it does not grow any more. */
  follow?(after: number, told: (event: LiveEvent) => void): Subscription;
};

export type LogStream = "stdout" | "stderr";

const LOGS = { stdout: "agent-stdout.txt", stderr: "agent-stderr.txt" };

/** What a run's agent prints. */
export function logSource(host: Host, run: RunView, stream: LogStream): Source {
  const { project, task, run: id } = run;
  const topic = { kind: "log", project, task, run: id, stream } as const;
  const isLive = run.status === "running";
  return {
    ...fileSource(host, run, id, LOGS[stream]),
    key: `${project}/${task}/${id}/${stream}/${isLive}`,
    follow: isLive ? (after, told) => host.live.subscribe(topic, told, String(after)) : undefined,
  };
}

/** A file of a task, or of one of its runs. */
export function fileSource(
  host: Host,
  { project, task }: TaskRef,
  run: string | undefined,
  name: string,
): Source {
  return {
    key: `${project}/${task}/${run ?? ""}/${name}`,
    name,
    read: async (range, signal) => {
      try {
        if (run === undefined)
          return await host.file("tasks_file", { path: { project, task, name }, signal }, range);
        const path = { project, task, run, name };
        return await host.file("runs_file_of_task", { path, signal }, range);
      } catch (error) {
        // What was not written yet is empty.
        if (!(error instanceof Problem) || error.code !== "not_found" || !run) throw error;
        return { bytes: new Uint8Array(), from: 0, total: 0, type: "text/plain" };
      }
    },
  };
}
