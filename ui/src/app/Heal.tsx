import { Button, cx } from "~/look";
import { useApp } from "~/state/app";
import { useReadable } from "~/state/store";
import { useNow } from "~/state/ticker";
import { en, relative, span } from "~/words";
import css from "./Heal.module.css";

/** A cut is no matter before it lasts so long: a restarted server is back by then. */
const SHORT = 2_000;

/** While the way to the core is cut: how old the page is, and what goes on without it. */
export function Heal() {
  const { live } = useApp().host;
  const state = useReadable(live.state);
  if (state.phase === "catching_up") return <p className={css.bar}>{en.heal.catchingUp}</p>;
  if (state.phase !== "offline") return null;
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
