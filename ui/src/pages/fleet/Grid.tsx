import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useActions } from "~/actions";
import { NARROW, useMedia } from "~/look/media";
import { useAnswerKeys } from "~/parts/answer-keys";
import { isAnswerable } from "~/parts/reply";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { navigate, toTask, useRoute } from "~/route";
import { usePreferences } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { en } from "~/words";
import css from "./FleetPage.module.css";
import { Tile } from "./Tile";

/** Pixels of a row of tiles, with what is between two. */
const ROW = 182;
/** The same where fingers press. */
const TALL_ROW = 210;

type Props = { tasks: readonly TaskView[]; attention: readonly AttentionItem[]; hasProject: boolean };

/** Tiles in columns. Only those that are seen are there, and follow their agents. */
export function Grid({ tasks, attention, hasProject }: Props) {
  const route = useRoute();
  const scroll = useRef<HTMLDivElement>(null);
  const columns = useColumns();
  const height = useMedia("(pointer: coarse)") ? TALL_ROW : ROW;
  const selected = tasks.findIndex((task) => keyOf(task) === route.query.at);
  const items = new Map(attention.map((item) => [keyOf(item), item]));
  const chosen = tasks[selected];
  // Keys answer the selected tile, else who waits longest of those that are shown.
  const asked = (task: TaskView) => {
    const item = items.get(keyOf(task));
    return item && isAnswerable(item.kind) ? item : undefined;
  };
  const target = chosen ? asked(chosen) : tasks.map(asked).find(Boolean);
  useAnswerKeys(target);
  const rows = useVirtualizer({
    count: Math.ceil(tasks.length / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 1,
    initialRect: { width: 1200, height: 720 },
  });
  useEffect(() => {
    if (selected >= 0) rows.scrollToIndex(Math.floor(selected / columns), { align: "auto" });
  }, [selected, columns, rows]);
  const beside = (by: number) => tasks[selected < 0 ? (by > 0 ? 0 : tasks.length - 1) : selected + by];
  const step = (by: number) => {
    const next = beside(by);
    if (next) navigate({ page: "fleet", query: { ...route.query, at: keyOf(next) } }, { replace: true });
  };
  const move = (id: string, title: string, by: number, keys: string, also?: string[]) => ({
    id,
    title,
    group: "list" as const,
    keys,
    also,
    when: () => beside(by) !== undefined,
    run: () => step(by),
  });
  useActions([
    move("list.next", en.doing.fleet.select, 1, "j", ["arrowright"]),
    move("list.previous", en.doing.fleet.selectBefore, -1, "k", ["arrowleft"]),
    { ...move("fleet.down", en.doing.fleet.select, columns, "arrowdown"), isHidden: true },
    { ...move("fleet.up", en.doing.fleet.selectBefore, -columns, "arrowup"), isHidden: true },
    {
      id: "fleet.open",
      title: en.doing.fleet.open,
      group: "list",
      keys: "o",
      when: () => chosen !== undefined,
      run: () => chosen && navigate(toTask(chosen.project, chosen.task)),
    },
  ]);
  return (
    <div ref={scroll} className={css.scroll}>
      <div
        role="list"
        aria-label={en.doing.fleet.label}
        className={css.all}
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            role="presentation"
            className={css.row}
            style={{
              transform: `translateY(${start}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {tasks.slice(index * columns, (index + 1) * columns).map((task) => (
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

/** As many as are wanted and have room. */
function useColumns(): number {
  const [{ fleetColumns }] = usePreferences();
  const isNarrow = useMedia(NARROW);
  const isMiddle = useMedia("(max-width: 1100px)");
  return isNarrow ? 1 : isMiddle ? Math.min(2, fleetColumns) : fleetColumns;
}
