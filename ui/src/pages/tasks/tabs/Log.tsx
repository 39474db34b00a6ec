import { useState } from "react";
import { EmptyState, ErrorState, Segments, Skeleton } from "~/look";
import { navigate, toTask, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useDetail } from "~/state/hooks";
import { reading } from "~/words/en.reading";
import type { TabProps } from "../centre/tabs";
import { LogView } from "./log/LogView";
import { type LogStream, logSource } from "./log/source";
import { RunMenu } from "./reading/Bar";

const STREAMS = (["stdout", "stderr"] as const).map((value) => ({
  value,
  title: reading.log.streams[value],
}));

/** What the agent's program of a run printed, byte by byte. */
export default function Log({ task }: TabProps) {
  const host = useHost();
  const { query } = useRoute();
  const { data, problem } = useDetail(task);
  const [stream, setStream] = useState<LogStream>("stdout");
  if (problem && !data) return <ErrorState problem={problem} />;
  if (!data) return <Skeleton lines={8} />;
  const run = data.run_list.find((each) => each.run === query.run) ?? data.run_list.at(-1);
  if (!run) return <EmptyState title={reading.log.empty}>{reading.log.emptyHint}</EmptyState>;
  const choose = (id: string) => navigate(toTask(task.project, task.task, "log", { ...query, run: id }));
  const empty =
    run.status === "running"
      ? { title: reading.log.empty, hint: reading.log.emptyHint }
      : { title: reading.log.emptyEnded };
  return (
    <LogView source={logSource(host, run, stream)} empty={empty}>
      <RunMenu runs={data.run_list} current={run.run} choose={choose} />
      <Segments label={reading.log.stream} value={stream} options={STREAMS} onChange={setStream} />
    </LogView>
  );
}
