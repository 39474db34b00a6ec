import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import { type Offer, useActions } from "~/actions";
import { useMedia } from "~/look/media";
import { useAnswerKeys } from "~/parts/answer-keys";
import { isAnswerable } from "~/parts/reply";
import type { TaskView } from "~/platform/operations";
import { navigate, toTask, useRoute } from "~/route";
import type { ShownItem } from "~/state/attention";
import { keyOf } from "~/state/keys";
import { en } from "~/words";
import { fleet } from "~/words/en.fleet";
import { useColumns } from "./columns";
import css from "./FleetPage.module.css";
import { Tile } from "./Tile";

/** Pixels of a tile at least, the same where fingers press, and of one that has nothing to show but that it waits. */
const TILE = 172;
const TALL_TILE = 200;
const LOW_TILE = 64;
/** Pixels between two. */
const GAP = 10;

type Props = { tasks: readonly TaskView[]; attention: readonly ShownItem[]; hasProject: boolean };

/** Tiles in columns. Only those that are seen are there, and follow their agents. */
export function Grid({ tasks, attention, hasProject }: Props) {
  const route = useRoute();
  const scroll = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { columns } = useColumns();
  const isCoarse = useMedia("(pointer: coarse)");
  const selected = tasks.findIndex((task) => keyOf(task) === route.query.at);
  const items = new Map(attention.map((item) => [keyOf(item), item]));
  const chosen = tasks[selected];
  // Keys answer the selected tile, else who waits longest of those that are shown.
  const asked = (task: TaskView) => {
    const item = items.get(keyOf(task));
    return item && isAnswerable(item.kind) ? item : undefined;
  };
  const target = chosen ? asked(chosen) : tasks.map(asked).find(Boolean);
  useAnswerKeys(target, "tile");
  const rowOf = (index: number) => tasks.slice(index * columns, (index + 1) * columns);
  const heightOf = (index: number) =>
    Math.max(
      LOW_TILE,
      ...rowOf(index).map((task) => {
        const item = items.get(keyOf(task));
        if (!item && !hasMore(task)) return LOW_TILE;
        return isCoarse && asked(task) ? TALL_TILE : TILE;
      }),
    );
  const count = Math.ceil(tasks.length / columns);
  const heights = Array.from({ length: count }, (_, index) => heightOf(index));
  const rows = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (heights[index] ?? TILE) + GAP,
    overscan: 1,
    initialRect: { width: 1200, height: 720 },
    // A long question, or many choices, take what they need.
    measureElement: (row, _, { indexFromElement }) =>
      Math.max(row.getBoundingClientRect().height, heights[indexFromElement(row)] ?? 0) + GAP,
  });
  const shape = heights.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it measures anew where heights are others.
  useLayoutEffect(() => {
    rows.measure();
    // It forgets what it measured, and only now that it did: what is drawn is measured against that.
    rows.getTotalSize();
    for (const row of list.current?.querySelectorAll<HTMLDivElement>("[data-index]") ?? []) {
      rows.measureElement(row);
    }
  }, [shape, rows]);
  useEffect(() => {
    if (selected >= 0) rows.scrollToIndex(Math.floor(selected / columns), { align: "auto" });
  }, [selected, columns, rows]);
  const beside = (by: number) => tasks[selected < 0 ? (by > 0 ? 0 : tasks.length - 1) : selected + by];
  const step = (by: number) => {
    const next = beside(by);
    if (next) navigate({ page: "fleet", query: { ...route.query, at: keyOf(next) } }, { replace: true });
  };
  const move = (id: Offer["id"], by: number, title?: string, also?: string[]): Offer => ({
    id,
    title,
    also,
    when: () => beside(by) !== undefined,
    run: () => step(by),
  });
  useActions([
    move("list.next", 1, en.doing.fleet.select, ["arrowright"]),
    move("list.previous", -1, en.doing.fleet.selectBefore, ["arrowleft"]),
    move("fleet.down", columns),
    move("fleet.up", -columns),
    {
      id: "fleet.open",
      when: () => chosen !== undefined,
      run: () => chosen && navigate(toTask(chosen.project, chosen.task)),
    },
  ]);
  return (
    <div ref={scroll} className={css.scroll} data-arrows>
      <div
        ref={list}
        role="list"
        aria-label={fleet.label}
        className={css.all}
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            ref={rows.measureElement}
            data-index={index}
            role="presentation"
            className={css.row}
            style={{
              transform: `translateY(${start}px)`,
              minHeight: heights[index],
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {rowOf(index).map((task) => (
              <div key={keyOf(task)} role="listitem">
                <Tile
                  task={task}
                  item={items.get(keyOf(task))}
                  isSelected={task === chosen}
                  hasKeys={target !== undefined && keyOf(target) === keyOf(task)}
                  hasProject={hasProject}
                />
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Whether there is more to see of a task than that it waits for its turn. */
function hasMore({ status, runs }: TaskView): boolean {
  return runs > 0 || (status !== "queued" && status !== "waiting");
}
