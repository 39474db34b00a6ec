import { Button, cx, Untrusted } from "~/look";
import type { Problem } from "~/platform/problem";
import { useApp } from "~/state/app";
import { useReadable } from "~/state/store";
import { useNow } from "~/state/ticker";
import { en, relative, sentence, span } from "~/words";
import css from "./Heal.module.css";

/** A cut is no matter before it lasts so long: a restarted server is back by then. */
const SHORT = 2_000;

/** While the way to the core is cut, or the core cannot read its root: how old the page is, and what is wrong. */
export function Heal() {
  const { fault, host } = useApp();
  const { live } = host;
  const state = useReadable(live.state);
  const problem = useReadable(fault.value);
  if (state.phase === "catching_up") return <p className={css.bar}>{en.heal.catchingUp}</p>;
  if (state.phase !== "offline")
    return problem ? <Faulty problem={problem} retry={() => void fault.look()} /> : null;
  return <Offline since={state.since} retryAt={state.retryAt} retry={() => live.retry()} />;
}

function Offline({ since, retryAt, retry }: { since: number; retryAt?: number; retry: () => void }) {
  const now = useNow();
  if (now - since < SHORT) return null;
  return (
    <div className={cx(css.bar, css.offline)}>
      <p className={css.words}>
        {en.heal.offline} {en.heal.stale(span(now - since))}
      </p>
      {retryAt && retryAt > now && <span>{en.connection.nextTry(relative(retryAt, now))}</span>}
      <Button small onClick={retry}>
        {en.heal.retry}
      </Button>
    </div>
  );
}

/** What is missing is said by the message; the hint of it is for who begins. */
function Faulty({ problem: { code, message, hint }, retry }: { problem: Problem; retry: () => void }) {
  const text = [message, code !== "not_found" && hint].filter(Boolean).join(": ");
  return (
    <div className={cx(css.bar, css.offline)} role="alert">
      <p className={css.words}>
        <Untrusted text={sentence(text)} />. {en.heal.fault}
      </p>
      <Button small onClick={retry}>
        {en.heal.retry}
      </Button>
    </div>
  );
}
