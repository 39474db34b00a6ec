import { useNow } from "~/state/ticker";
import { clock, duration, exact, relative, span } from "~/words";

/** How long it has been going on, ticking; still once it ended. */
export function Elapsed({ from, to }: { from: string; to?: string | null }) {
  const begin = Date.parse(from);
  const tip = exact(begin);
  return to ? (
    <time title={tip}>{duration(Date.parse(to) - begin)}</time>
  ) : (
    <Ticking begin={begin} tip={tip} />
  );
}

function Ticking({ begin, tip }: { begin: number; tip: string }) {
  return <time title={tip}>{duration(useNow() - begin)}</time>;
}

/** How long it has rested, coarse: "40 min". */
export function Since({ at }: { at: string }) {
  const time = Date.parse(at);
  return <time title={exact(time)}>{span(useNow(10) - time)}</time>;
}

/** "14 min ago", "in 22 min"; the exact time on hover. */
export function Relative({ at }: { at: string }) {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={exact(time)}>
      {relative(time, useNow())}
    </time>
  );
}

/** "13:34"; the exact time on hover. */
export function At({ at }: { at: string }) {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={exact(time)}>
      {clock(time, useNow(60))}
    </time>
  );
}
