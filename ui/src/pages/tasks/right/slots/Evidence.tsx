import { At, Copyable, Facts, Relative, Section, Untrusted, WithCommands } from "~/look";
import { OpenPath } from "~/parts/OpenPath";
import type { Schema } from "~/platform/operations";
import { folder, statusWord, taskName } from "~/words";
import { details, evidence } from "~/words/en.details";
import type { SlotProps } from "../slots";
import { useProof } from "./proof";
import { endOf } from "./Runs";

/** Why the state is what it is said to be: folded, and read only while it is open. */
export function Evidence({ task }: SlotProps) {
  return (
    <Section title={evidence.evidence} note={statusWord(task.status)} folds="evidence" isOpen={false}>
      <Known task={task} />
    </Section>
  );
}

function Known({ task }: SlotProps) {
  const { error, stop, supervisor_pid: supervisor, depends_on: depends } = task;
  const run = task.run_list.at(-1);
  const proof = useProof(run);
  return (
    <Facts
      facts={[
        [details.status, statusWord(task.status)],
        !!task.updated_at && [details.since, <At key="since" at={task.updated_at} />],
        !!task.reason && [evidence.reason, <Untrusted key="reason" text={task.reason} />],
        !!task.end_reason && [details.endedBy, details.ends[task.end_reason]],
        error && [evidence.error, <ErrorText key="error" error={error} />],
        [evidence.supervisor, supervisor ? evidence.alive(supervisor) : evidence.notAlive],
        [details.lock, lockOf(task)],
        run && [details.lastSign, <LastSign key="sign" at={proof.lastOutput} />],
        run && [details.session, <Session key="session" id={proof.session} />],
        run && [
          details.runId,
          <span key="run">
            <Copyable text={run.run} shown={`…${run.run.slice(-8)}`} /> {endOf(run)}
          </span>,
        ],
        !!task.wake_at && [details.waitsUntil, <Relative key="wake" at={task.wake_at} />],
        [evidence.restarts, counted(task.restarts)],
        [evidence.failures, counted(task.failures)],
        depends.length > 0 && [evidence.dependsOn, depends.map(taskName).join(", ")],
        stop && [
          evidence.lastStop,
          evidence.stopped(stop.found ?? 0, stop.killed ?? 0, stop.left?.length ?? 0),
        ],
        [evidence.folder, <Path key="cwd" path={task.cwd} />],
        [evidence.records, <Path key="path" path={task.path} />],
        ...task.warnings.map((text) => [evidence.warning, <Untrusted key={text} text={text} />] as const),
        ...task.damaged.map(
          ({ name, reason }) =>
            [details.damaged, <Untrusted key={name} text={`${name}: ${reason}`} />] as const,
        ),
        !!task.next && [details.next, <Copyable key="next" text={task.next} />],
      ]}
    />
  );
}

function ErrorText({ error: { message, hint } }: { error: Schema<"TaskError"> }) {
  return (
    <>
      <Untrusted text={message} />
      {hint && (
        <div>
          <WithCommands text={hint} />
        </div>
      )}
    </>
  );
}

function lockOf({ elsewhere, supervisor_pid: pid }: SlotProps["task"]): string {
  if (elsewhere) return details.elsewhere;
  return pid ? details.held(pid) : details.free;
}

/** When its agent last wrote something. */
function LastSign({ at }: { at: string | undefined }) {
  if (!at) return <>{details.noOutput}</>;
  return (
    <>
      <Relative at={at} />, {details.output}
    </>
  );
}

function Session({ id }: { id: string | undefined }) {
  return id ? <Copyable text={id} /> : details.noSession;
}

function Path({ path }: { path: string }) {
  return (
    <>
      <Copyable text={path} shown={short(path)} /> <OpenPath path={path} />
    </>
  );
}

/** Of a path that is too long for the panel, what names it. */
function short(path: string): string {
  const whole = folder(path);
  return whole.length > 30 ? `…/${whole.split("/").at(-1)}` : whole;
}

function counted({ used, of }: Schema<"Counted">): string {
  return evidence.of(used, of ?? undefined);
}
