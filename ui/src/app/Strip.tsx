import { overlay, performById, useKeyOf } from "~/actions";
import { Button, cx, IconButton } from "~/look";
import { NARROW, useMedia } from "~/look/media";
import { Link, type Route, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { BUCKETS, type Bucket, countsOf } from "~/state/counts";
import { useMayChange } from "~/state/hooks";
import { isPausable, isPaused } from "~/state/keys";
import { useReadable, useSelected } from "~/state/store";
import { count, en } from "~/words";
import { Awake } from "./Awake";
import { Brand } from "./Brand";
import { Connection } from "./Connection";
import { NAV } from "./pages";
import css from "./Strip.module.css";

/** The one strip on every page. */
export function Strip() {
  const app = useApp();
  const mayChange = useMayChange();
  const isNarrow = useMedia(NARROW);
  const [searchKey, newKey] = [useKeyOf("page.palette"), useKeyOf("go.new")];
  return (
    <header className={css.strip}>
      <Brand />
      {!isNarrow && <Nav />}
      <Counts />
      <div className={css.space} />
      <Awake />
      <Connection />
      {isNarrow ? (
        <IconButton icon="search" label={en.strip.search} onClick={() => overlay.set("palette")} />
      ) : (
        <>
          <Button kind="quiet" keys={searchKey} onClick={() => overlay.set("palette")}>
            {en.strip.search}
          </Button>
          {mayChange && <PauseAll />}
          {mayChange && (
            <Button kind="primary" keys={newKey} onClick={() => void performById("go.new", app)}>
              {en.strip.newTask}
            </Button>
          )}
        </>
      )}
    </header>
  );
}

function Nav() {
  const { page } = useRoute();
  return (
    <nav className={css.nav} aria-label={en.product}>
      {NAV.map((item) => (
        <Link
          key={item.page}
          to={{ page: item.page, query: {} } as Route}
          aria-current={page === item.page ? "page" : undefined}
          className={cx(css.link, page === item.page && css.here)}
        >
          {item.title}
        </Link>
      ))}
    </nav>
  );
}

/** Who is in which state; each task is counted once. One that is chosen filters the lists. */
function Counts() {
  const route = useRoute();
  const { tasks, attention } = useApp();
  const items = useReadable(attention.value);
  const counts = useSelected(tasks.value, ({ byKey }) => countsOf(byKey.values(), items), sameCounts);
  const shown = BUCKETS.filter((bucket) => counts[bucket] > 0 || route.query.show === bucket);
  const base =
    route.page === "tasks" || route.page === "fleet" ? route : { page: "tasks" as const, query: {} };
  return (
    <nav className={css.counts} aria-label={en.strip.filters}>
      {shown.map((bucket) => {
        const isOn = route.query.show === bucket;
        const word = wordOf(bucket, counts[bucket]);
        return (
          <Link
            key={bucket}
            to={{ ...base, query: { ...base.query, show: isOn ? undefined : bucket } }}
            aria-current={isOn ? "true" : undefined}
            title={en.strip.show(word)}
            className={cx(css.count, bucket === "need" && css.need, isOn && css.on)}
          >
            <b>{count(counts[bucket])}</b>
            <span>{word}</span>
          </Link>
        );
      })}
    </nav>
  );
}

function sameCounts(a: Record<Bucket, number>, b: Record<Bucket, number>): boolean {
  return BUCKETS.every((bucket) => a[bucket] === b[bucket]);
}

function wordOf(bucket: Bucket, n: number): string {
  const word = en.strip[bucket];
  return typeof word === "string" ? word : word(n);
}

/** Pauses all; where all that could be is paused, resumes it. */
function PauseAll() {
  const app = useApp();
  const isPossible = useSelected(app.tasks.value, ({ byKey }) => [...byKey.values()].some(isPausable));
  const paused = useSelected(app.tasks.value, ({ byKey }) => [...byKey.values()].filter(isPaused).length);
  if (!isPossible && paused > 0) {
    return (
      <Button kind="quiet" className={css.pause} onClick={() => void performById("all.resume", app)}>
        {en.strip.resumeAll(paused)}
      </Button>
    );
  }
  return (
    <Button
      kind="quiet"
      className={css.pause}
      disabled={!isPossible}
      onClick={() => void performById("all.pause", app)}
    >
      {en.strip.pauseAll}
    </Button>
  );
}
