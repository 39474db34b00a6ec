import { type Offer, useActions } from "~/actions";
import { toast } from "~/look";
import { isInView } from "~/look/in-view";
import type { AttentionItem } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { en, taskName } from "~/words";
import { focusReply, isAnswerable, type Place, replyId } from "./reply";

/**
 * Lets 1 to 9 give a question's choices, and `r` go to an answer of one's own: of the task that is open (`page`), or
 * of a card or tile that has these keys on it, while those are seen.
 */
export function useAnswerKeys(target: AttentionItem | undefined, place: Place): void {
  const { attention } = useApp();
  const mayChange = useMayChange();
  const isShown = () => {
    // What was just answered keeps its place, and its keys, and takes none.
    if (!target || attention.isHeld(target)) return false;
    if (place === "page") return true;
    const reply = document.getElementById(replyId(place, target.id));
    return reply !== null && isInView(reply);
  };
  const choices = (mayChange && target?.choices.slice(0, 9)) || [];
  useActions([
    ...choices.map(
      (choice, index): Offer => ({
        id: `list.choice.${index + 1}`,
        when: isShown,
        run: async () => {
          if (!target) return;
          await attention.answer(target, choice);
          toast(en.attention.answered(taskName(target.task)));
        },
      }),
    ),
    {
      id: "list.reply",
      when: () => mayChange && target !== undefined && isAnswerable(target.kind) && isShown(),
      run: () => target && focusReply(target.id),
    },
  ]);
}
