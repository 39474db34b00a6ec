import type { ReactNode } from "react";
import { Button, Icon, Menu } from "~/look";
import type { RunView } from "~/platform/operations";
import { clock, en, statusWord } from "~/words";
import { reading } from "~/words/en.reading";
import css from "./Bar.module.css";

/** A tab that fills its panel: controls above, and below what scrolls. */
export function Reading({ bar, children }: { bar: ReactNode; children: ReactNode }) {
  return (
    <div className={css.panel}>
      <div className={css.bar}>{bar}</div>
      <div className={css.list}>{children}</div>
    </div>
  );
}

export function Space() {
  return <span className={css.space} />;
}

/** Goes to the end, and says how much came there meanwhile. */
export function NewLines({ count, go }: { count: number; go: () => void }) {
  return (
    <button type="button" className={css.new} onClick={go}>
      <Icon name="down" size={12} />
      {count > 0 ? en.look.newLines(count) : en.reading.toEnd}
    </button>
  );
}

type RunsProps = { runs: readonly RunView[]; current: string | undefined; choose: (run: string) => void };

/** The runs of a task, to choose one. */
export function RunMenu({ runs, current, choose }: RunsProps) {
  const at = runs.findIndex((run) => run.run === current);
  if (runs.length < 2) return null;
  const items = runs.map((run, index) => ({
    title: [
      reading.run(run.iteration ?? index + 1),
      run.agent,
      statusWord(run.status),
      run.started_at && clock(Date.parse(run.started_at), Date.now()),
    ]
      .filter(Boolean)
      .join(" · "),
    checked: run.run === current,
    run: () => choose(run.run),
  }));
  return (
    <Menu
      label={reading.runs}
      items={items.reverse()}
      opener={(props) => (
        <Button small kind="quiet" {...props}>
          {reading.runOf(at + 1, runs.length)}
          <Icon name="down" size={10} />
        </Button>
      )}
    />
  );
}
