import { cx, IconButton, Menu, Tooltip } from "~/look";
import { useApp } from "~/state/app";
import { useAccess } from "~/state/hooks";
import { useReadable } from "~/state/store";
import { useNow } from "~/state/ticker";
import { en, relative, span } from "~/words";
import css from "./Connection.module.css";

/** How the page stands with the core: in words, and what can be done about it. */
export function Connection() {
  const { fault, host } = useApp();
  const { live } = host;
  const problem = useReadable(fault.value);
  const state = useReadable(live.state);
  const { mayChange } = useAccess();
  const isOffline = state.phase === "offline";
  const phase = problem && !isOffline ? "fault" : state.phase;
  return (
    <>
      {!mayChange && (
        <Tooltip text={en.connection.lookOnlyHint}>
          <span className={css.look}>{en.connection.lookOnly}</span>
        </Tooltip>
      )}
      <div className={css.connection} role="status" title={en.connection[phase]}>
        <i aria-hidden="true" className={cx(css.dot, css[phase])} />
        <span className={css.word}>{en.connection[phase]}</span>
      </div>
      {isOffline && (
        <Offline
          since={state.since}
          retryAt={state.retryAt}
          reason={state.reason}
          retry={() => live.retry()}
        />
      )}
    </>
  );
}

type OfflineProps = { since: number; retryAt?: number; reason?: string; retry: () => void };

function Offline({ since, retryAt, reason, retry }: OfflineProps) {
  const now = useNow();
  const next = retryAt && retryAt > now ? en.connection.nextTry(relative(retryAt, now)) : undefined;
  const why = [reason, en.connection.offlineFor(span(now - since)), next].filter(Boolean).join(" · ");
  return (
    <Menu
      label={why}
      opener={(props) => <IconButton icon="more" label={why} {...props} />}
      items={[{ title: en.connection.retry, run: retry }]}
    />
  );
}
