import { type Offer, useActions } from "~/actions";
import { toast } from "~/look";
import type { AttentionItem } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { en, taskName } from "~/words";
import { focusReply, isAnswerable } from "./reply";

/** Lets 1 to 9 give a question's choices, and `r` go to an answer of one's own. */
export function useAnswerKeys(target: AttentionItem | undefined): void {
  const { attention } = useApp();
  const mayChange = useMayChange();
  const choices = (mayChange && target?.choices.slice(0, 9)) || [];
  useActions([
    ...choices.map(
      (choice, index): Offer => ({
        id: `list.choice.${index + 1}`,
        run: async () => {
          if (!target) return;
          await attention.answer(target, choice);
          toast(en.attention.answered(taskName(target.task)));
        },
      }),
    ),
    {
      id: "list.reply",
      when: () => mayChange && target !== undefined && isAnswerable(target.kind),
      run: () => target && focusReply(target.id),
    },
  ]);
}
