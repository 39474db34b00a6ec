import { type Action, useActions } from "~/actions";
import { toast } from "~/look";
import { useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { useSelection } from "~/state/selection";
import { useReadable } from "~/state/store";
import { en, taskName } from "~/words";
import { AttentionCard } from "./AttentionCard";
import css from "./NeedsYou.module.css";
import { focusReply, isAnswerable } from "./reply";

/** What waits for a person, the longest wait first; answered in place. */
export function NeedsYou() {
  const { attention } = useApp();
  const items = useReadable(attention.value);
  const selection = useSelection();
  const mayChange = useMayChange();
  // Keys answer the question of the open task, else the one that waits longest.
  const own = items.find((item) => selection && keyOf(item) === keyOf(selection));
  const target = own ?? items[0];
  const choices = (mayChange && target?.choices.slice(0, 9)) || [];
  useActions([
    ...choices.map(
      (choice, index): Action => ({
        id: `list.choice.${index + 1}`,
        title: en.actions.choice(index + 1),
        group: "list",
        keys: String(index + 1),
        isHidden: true,
        run: async () => {
          if (!target) return;
          await attention.answer(target, choice);
          toast(en.attention.answered(taskName(target.task)));
        },
      }),
    ),
    {
      id: "list.reply",
      title: en.actions.reply,
      group: "list",
      keys: "r",
      when: () => mayChange && target !== undefined && isAnswerable(target.kind),
      run: () => target && focusReply(target.id),
    },
  ]);
  if (items.length === 0) return null;
  return (
    <section className={css.group} aria-label={en.attention.title}>
      <h2 className={css.title}>
        <span>{en.attention.title}</span>
        <span>{items.length}</span>
      </h2>
      <ul className={css.items}>
        {items.map((item) => (
          <li key={item.id}>
            <AttentionCard item={item} isTarget={item === target} isOpen={item === own} />
          </li>
        ))}
      </ul>
    </section>
  );
}
