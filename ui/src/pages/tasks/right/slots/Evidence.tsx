import { Facts, Section, Untrusted } from "~/look";
import type { Schema } from "~/platform/operations";
import { en, folder, statusWord, taskName } from "~/words";
import type { SlotProps } from "../slots";

/** Why the state is what it is said to be. */
export function Evidence({ task }: SlotProps) {
  const { error, stop, supervisor_pid: supervisor, depends_on: depends } = task;
  return (
    <Section title={en.evidence.evidence} note={statusWord(task.status)} folds="evidence" isOpen={false}>
      <Facts
        facts={[
          [en.evidence.supervisor, supervisor ? en.evidence.alive(supervisor) : en.evidence.notAlive],
          !!task.reason && [en.evidence.reason, <Untrusted key="reason" text={task.reason} />],
          [en.evidence.folder, folder(task.cwd)],
          [en.evidence.records, folder(task.path)],
          [en.evidence.restarts, counted(task.restarts)],
          [en.evidence.failures, counted(task.failures)],
          depends.length > 0 && [en.evidence.dependsOn, depends.map(taskName).join(", ")],
          error && [en.evidence.error, <Untrusted key="error" text={error.message} />],
          stop && [
            en.evidence.lastStop,
            en.evidence.stopped(stop.found ?? 0, stop.killed ?? 0, stop.left?.length ?? 0),
          ],
          ...task.warnings.map(
            (text) => [en.evidence.warning, <Untrusted key={text} text={text} />] as const,
          ),
        ]}
      />
    </Section>
  );
}

function counted({ used, of }: Schema<"Counted">): string {
  return en.evidence.of(used, of ?? undefined);
}
