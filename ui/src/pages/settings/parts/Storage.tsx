import { type FormEvent, useState } from "react";
import { ask } from "~/actions/overlay";
import { Button, Copyable, ErrorState, Field, Input, Skeleton, toast, toastProblem, Untrusted } from "~/look";
import type { Schema } from "~/platform/operations";
import { asProblem, type Problem } from "~/platform/problem";
import { useApp, useHost } from "~/state/app";
import { useMayChange, useResource } from "~/state/hooks";
import { bytes, count, duration } from "~/words";
import { settings } from "~/words/en.settings";
import { Block, Groups, Hint, Row, Rows, Value } from "./Row";
import css from "./rows.module.css";

const words = settings.storage;

/** What the root holds, and what of it may go. */
export function Storage() {
  const host = useHost();
  const { resources } = useApp();
  const mayChange = useMayChange();
  const { data, problem } = useResource("status", () => host.request("system_status", {}));
  if (problem && !data) return <ErrorState problem={problem} retry={() => resources.invalidate("status")} />;
  if (!data) return <Skeleton />;
  const tasks = Object.values(data.tasks).reduce((sum, n) => sum + n, 0);
  return (
    <Groups>
      <Rows>
        <Row title={words.root} hint={<Copyable text={data.path} />} />
        <Row title={words.tasks}>
          <Value>{count(tasks)}</Value>
        </Row>
        <Row title={words.disk}>
          <Value>{words.inBuses(bytes(data.bus_bytes), count(data.buses), data.buses === 1)}</Value>
        </Row>
        <Row title={words.version}>
          <Value>{data.version}</Value>
        </Row>
        <Row title={host.capabilities.ownWindow ? words.uptimeHere : words.uptime}>
          <Value>{duration(data.uptime_seconds * 1000)}</Value>
        </Row>
      </Rows>
      {mayChange && <CleanUp />}
    </Groups>
  );
}

type Report = { days: number; items: Schema<"GarbageView">[] };

/** First what would go; then, after a second step, it is looked anew by the same days, and what goes is said. */
function CleanUp() {
  const { host, resources } = useApp();
  const [days, setDays] = useState("30");
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<Problem>();
  const [isPending, setPending] = useState(false);
  const isNumber = /^\d{1,9}$/.test(days.trim());
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setProblem(undefined);
    setReport(undefined);
    const wanted = Number(days);
    try {
      const { items } = await host.request("system_collect", { body: { dry_run: true, days: wanted } });
      setReport({ days: wanted, items });
    } catch (reason) {
      setProblem(asProblem(reason));
    }
    setPending(false);
  };
  const remove = (seen: Report) => {
    const names = listed(seen.items);
    ask({
      title: words.removeTitle(seen.items.length),
      text: words.removeText(names, sizeOf(seen.items)),
      confirm: words.removeConfirm,
      danger: true,
      run: async () => {
        const body = { dry_run: false, days: seen.days };
        const { items, problems } = await host.request("system_collect", { body });
        for (const each of problems) toastProblem(new Error(each));
        toast(words.removed(items.length, sizeOf(items)));
        setReport(undefined);
        resources.invalidate("status");
      },
    });
  };
  return (
    <Rows title={words.clean}>
      <form onSubmit={(event) => void look(event)}>
        <Block>
          <Hint>{words.cleanHint}</Hint>
          <Field label={words.days} error={isNumber ? undefined : words.daysBad}>
            {(named) => (
              <Input
                {...named}
                className={css.number}
                inputMode="numeric"
                value={days}
                onChange={(event) => {
                  setDays(event.target.value);
                  setReport(undefined);
                }}
              />
            )}
          </Field>
          <div>
            <Button type="submit" pending={isPending} disabled={!isNumber}>
              {words.look}
            </Button>
          </div>
        </Block>
      </form>
      {problem && <ErrorState small problem={problem} />}
      {report && <Found report={report} remove={() => remove(report)} />}
    </Rows>
  );
}

/** More are counted, not listed. */
const SHOWN = 50;

function Found({ report: { items }, remove }: { report: Report; remove: () => void }) {
  if (items.length === 0) return <Row title={words.nothing} />;
  return (
    <>
      <Row title={words.would(items.length, sizeOf(items))}>
        <Button kind="danger" onClick={remove}>
          {words.remove(items.length)}
        </Button>
      </Row>
      {items.slice(0, SHOWN).map(({ what, name, bytes: size }) => (
        <Row key={`${what}:${name}`} title={<Untrusted text={name} />} hint={words.what[what] ?? what}>
          <Value isUnset={size == null}>{size == null ? words.unknownSize : bytes(size)}</Value>
        </Row>
      ))}
      {items.length > SHOWN && <Row title={words.andMore(items.length - SHOWN)} />}
    </>
  );
}

function sizeOf(items: Schema<"GarbageView">[]): string {
  return bytes(items.reduce((sum, item) => sum + (item.bytes ?? 0), 0));
}

function listed(items: Schema<"GarbageView">[]): string {
  const names = items.slice(0, 5).map(({ name }) => name);
  const more = items.length - names.length;
  return names.join(", ") + (more > 0 ? words.andMore(more) : "");
}
