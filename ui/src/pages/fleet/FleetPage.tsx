import { useMemo } from "react";
import { performById, useKeyOf } from "~/actions";
import { Button, EmptyState, ErrorState, Segments, Select, Skeleton } from "~/look";
import { NARROW, useMedia } from "~/look/media";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { navigate, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { bucketOf, needyOf } from "~/state/counts";
import { useMayChange, usePreferences } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { useReadable } from "~/state/store";
import { en } from "~/words";
import { fleet } from "~/words/en.fleet";
import { useColumns } from "./columns";
import css from "./FleetPage.module.css";
import { Grid } from "./Grid";
import { Timeline } from "./Timeline";

/** Projects that are shown beside each other; more are in a list. */
const SIDE_BY_SIDE = 4;

/** All that is not finished; who waits longest for a person first. */
export default function FleetPage() {
  const app = useApp();
  const { byKey, version, phase, problem } = useReadable(app.tasks.value);
  const attention = useReadable(app.attention.shown);
  const isNarrow = useMedia(NARROW);
  const route = useRoute();
  const { show, find: project } = route.query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is one that changes; its version says when.
  const all = useMemo(() => unfinished([...byKey.values()], attention), [byKey, version, attention]);
  const projects = [...new Set(all.map((task) => task.project))].sort();
  const needy = needyOf(attention);
  const shown = all.filter(
    (task) => (!project || task.project === project) && (!show || bucketOf(task, needy) === show),
  );
  if (phase === "loading") return <Skeleton lines={8} />;
  if (phase === "failed" && problem) {
    return <ErrorState problem={problem} retry={() => void app.journal.start()} />;
  }
  if (all.length === 0) return <Nothing isNew={byKey.size === 0} />;
  const clear = () => navigate({ page: "fleet", query: {} });
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1 className={css.title}>
          {en.strip.fleet} <span>{fleet.subtitle}</span>
        </h1>
        <Projects projects={projects} chosen={project} />
        {!isNarrow && <Columns />}
      </header>
      {shown.length === 0 ? (
        <EmptyState title={fleet.noneShown} actions={<Button onClick={clear}>{fleet.clear}</Button>} />
      ) : (
        <Grid tasks={shown} attention={attention} hasProject={!project && projects.length > 1} />
      )}
      {shown.length > 0 && <Timeline tasks={shown} />}
    </div>
  );
}

/** Nothing goes on: all is finished, or nothing was begun. */
function Nothing({ isNew }: { isNew: boolean }) {
  const app = useApp();
  const mayChange = useMayChange();
  const key = useKeyOf("go.new");
  const start = mayChange && (
    <Button keys={key} onClick={() => void performById("go.new", app)}>
      {en.strip.newTask}
    </Button>
  );
  return (
    <EmptyState title={en.fleet.none} actions={start}>
      {isNew ? en.fleet.newHint : en.fleet.noneHint}
    </EmptyState>
  );
}

function Projects({ projects, chosen }: { projects: string[]; chosen: string | undefined }) {
  const route = useRoute();
  const all = chosen && !projects.includes(chosen) ? [...projects, chosen] : projects;
  if (all.length < 2) return null;
  const options = [{ value: "", title: fleet.all }, ...all.map((value) => ({ value, title: value }))];
  const choose = (project: string) =>
    navigate({ page: "fleet", query: { ...route.query, find: project || undefined, at: undefined } });
  const props = { value: chosen ?? "", options, onChange: choose };
  return all.length > SIDE_BY_SIDE ? (
    <span className={css.select}>
      <Select aria-label={fleet.project} {...props} />
    </span>
  ) : (
    <Segments label={fleet.project} {...props} />
  );
}

/** As many as there is room for. */
function Columns() {
  const [, set] = usePreferences();
  const { columns, most } = useColumns();
  return (
    <Segments
      label={fleet.columns}
      value={String(columns)}
      options={["1", "2", "3"].slice(0, most).map((value) => ({ value, title: value }))}
      onChange={(next) => set({ fleetColumns: Number(next) as 1 | 2 | 3 })}
    />
  );
}

const ORDER: TaskView["status"][] = ["stopping", "running", "waiting_quota", "paused", "queued", "waiting"];

/** Those that need a person by how long they wait, then the others by what they do. */
export function unfinished(tasks: readonly TaskView[], attention: readonly AttentionItem[]): TaskView[] {
  const places = new Map(attention.map((item, index) => [keyOf(item), index]));
  const rank = (task: TaskView) =>
    places.get(keyOf(task)) ?? attention.length + Math.max(0, ORDER.indexOf(task.status));
  return tasks
    .filter((task) => !hasEnded(task) || places.has(keyOf(task)))
    .sort((a, b) => rank(a) - rank(b) || (b.started_at ?? "").localeCompare(a.started_at ?? ""));
}
