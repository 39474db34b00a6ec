import type { ReactNode } from "react";
import { Untrusted } from "~/look";
import { Answering } from "~/parts/Answering";
import { Doing, remediesOf } from "~/parts/Remedies";
import { isAnswerable } from "~/parts/reply";
import type { TaskView } from "~/platform/operations";
import type { AppState } from "~/state/app";
import type { ShownItem } from "~/state/attention";
import { useMayChange } from "~/state/hooks";
import { useNow } from "~/state/ticker";
import { defaultSentence, en } from "~/words";
import css from "./Tile.module.css";

type Props = { task: TaskView; item: ShownItem | undefined; hasKeys: boolean };

/** What can be done about a task where it is seen; nothing where it just works. */
export function TileFoot({ task, item, hasKeys }: Props) {
  const now = useNow(10);
  const mayChange = useMayChange();
  if (!mayChange) return null;
  if (item && isAnswerable(item.kind)) {
    const auto = item.answered === undefined && defaultSentence(item, now);
    return (
      <div className={css.foot}>
        <div className={css.answers}>
          <Answering item={item} hasKeys={hasKeys} place="tile" />
        </div>
        {auto && (
          <span className={css.auto} title={auto}>
            <Untrusted text={auto} />
          </span>
        )}
      </div>
    );
  }
  const buttons = buttonsOf(task, item);
  return buttons.length > 0 ? <div className={css.foot}>{buttons}</div> : null;
}

function buttonsOf(task: TaskView, item: ShownItem | undefined): ReactNode[] {
  const buttons = remediesOf(task, item);
  if (item?.kind !== "failure") return buttons;
  const seen = (app: AppState) => app.attention.handle(item, { seen: {} });
  return [
    ...buttons,
    <span key="space" className={css.answers} />,
    <Doing key="seen" title={en.attention.seen} kind="quiet" run={seen} />,
  ];
}
