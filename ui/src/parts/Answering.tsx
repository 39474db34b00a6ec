import { type FormEvent, useState } from "react";
import { useKeyNames } from "~/actions";
import { Button, Buttons, cx, Input, toast, toastProblem, Untrusted, visibleText } from "~/look";
import { useApp } from "~/state/app";
import type { ShownItem } from "~/state/attention";
import { useDraft } from "~/state/drafts";
import { en, taskName } from "~/words";
import css from "./Answering.module.css";
import { type Place, replyId } from "./reply";

/** The choices and an answer of one's own. */
export function Answering({ item, hasKeys, place }: { item: ShownItem; hasKeys?: boolean; place: Place }) {
  const { attention } = useApp();
  const keyOf = useKeyNames();
  const [draft, setDraft] = useDraft(`answer.${item.id}`);
  const [isWriting, setWriting] = useState(draft !== "" || item.choices.length === 0);
  const [pending, setPending] = useState<string>();
  const answer = async (text: string) => {
    setPending(text);
    try {
      await attention.answer(item, text);
      setDraft("");
      toast(en.attention.answered(taskName(item.task)));
    } catch (error) {
      setPending(undefined);
      toastProblem(error);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.trim()) void answer(draft.trim());
  };
  const isClosed = pending !== undefined || item.answered !== undefined;
  return (
    <div className={cx(css.answering, item.answered !== undefined && css.answered)}>
      {item.choices.length > 0 && (
        <Buttons className={css.choices}>
          {item.choices.map((choice, index) => (
            <Button
              key={choice}
              small
              wraps
              className={css.choice}
              title={visibleText(choice)}
              keys={hasKeys ? keyOf(`list.choice.${index + 1}`) : undefined}
              pending={pending === choice}
              disabled={isClosed}
              onClick={() => void answer(choice)}
            >
              <span className={css.cut}>{visibleText(choice)}</span>
            </Button>
          ))}
          <Button
            id={replyId(place, item.id)}
            small
            kind="quiet"
            aria-expanded={isWriting}
            disabled={isClosed}
            keys={hasKeys ? keyOf("list.reply") : undefined}
            onClick={() => setWriting(true)}
          >
            {en.attention.reply}
          </Button>
        </Buttons>
      )}
      {isWriting && (
        <form className={css.reply} onSubmit={submit}>
          <Input
            id={item.choices.length === 0 ? replyId(place, item.id) : undefined}
            aria-label={en.attention.replyPlaceholder}
            placeholder={en.attention.replyPlaceholder}
            autoFocus={item.choices.length > 0}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onClick={(event) => event.currentTarget.focus()}
            onKeyDown={(event) => {
              if (event.key === "Escape" && item.choices.length > 0) setWriting(false);
            }}
          />
          <Button type="submit" pending={pending === draft.trim()} disabled={isClosed || draft.trim() === ""}>
            {en.attention.send}
          </Button>
        </form>
      )}
      <Answered text={item.answered} />
    </div>
  );
}

/** What it was answered with, in the place of what answered it. */
export function Answered({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p className={css.said}>
      <Untrusted text={en.attention.answeredWith(text)} />
    </p>
  );
}
