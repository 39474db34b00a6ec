import { useAnswerKeys } from "~/parts/answer-keys";
import { isAnswerable } from "~/parts/reply";
import { useApp } from "~/state/app";
import { keyOf } from "~/state/keys";
import { useSelection } from "~/state/selection";
import { useReadable } from "~/state/store";
import { en } from "~/words";
import { AttentionCard } from "./AttentionCard";
import css from "./NeedsYou.module.css";

/** What waits for a person, the longest wait first; answered in place. */
export function NeedsYou() {
  const { attention } = useApp();
  const items = useReadable(attention.shown);
  const selection = useSelection();
  // Keys answer the question of the open task and no other one; where none is open, the one that waits longest.
  const own = items.find((item) => selection && keyOf(item) === keyOf(selection));
  const target = selection ? own : items.find(({ kind }) => isAnswerable(kind));
  useAnswerKeys(target, selection ? "page" : "list");
  if (items.length === 0) return null;
  return (
    <section className={css.group} aria-label={en.attention.title}>
      <h2 className={css.title}>
        <span>{en.attention.title}</span>
        <span>{items.filter((item) => item.answered === undefined).length}</span>
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
