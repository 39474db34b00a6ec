import { type FormEvent, useState } from "react";
import {
  attentionGlyph,
  Button,
  Buttons,
  cx,
  IconButton,
  Input,
  Menu,
  StateGlyph,
  toast,
  toastProblem,
  Untrusted,
  visibleText,
} from "~/look";
import type { AttentionItem } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { useDraft } from "~/state/drafts";
import { useMayChange } from "~/state/hooks";
import { useNow } from "~/state/ticker";
import { defaultSentence, en, exact, sentence, sinceWords, taskName } from "~/words";
import css from "./AttentionCard.module.css";
import { isAnswerable, type Place, replyId } from "./reply";

type Props = {
  item: AttentionItem;
  /** Keys answer it. */
  isTarget?: boolean;
  /** Its task is open. */
  isOpen?: boolean;
};

/** One thing that needs a person: what it is, since when, and what can be done about it here. */
export function AttentionCard({ item, isTarget, isOpen }: Props) {
  const now = useNow(10);
  const { query } = useRoute();
  const mayChange = useMayChange();
  const isQuestion = isAnswerable(item.kind);
  return (
    <article className={cx(css.card, css[toneOf(item)], isOpen && css.open)}>
      <div className={css.head}>
        <StateGlyph glyph={attentionGlyph(item.kind)} />
        <Link className={css.name} to={toTask(item.project, item.task, undefined, query)}>
          {taskName(item.task)}
        </Link>
        <span className={css.wait} title={exact(Date.parse(item.since))}>
          {sinceWords(item, now)}
        </span>
        {mayChange && <Handling item={item} />}
      </div>
      <p className={cx(css.text, !isQuestion && css.dim)}>
        <Untrusted text={sentence(item.text)} />
      </p>
      {isQuestion && mayChange && <Answering item={item} hasKeys={isTarget && !isOpen} place="list" />}
      {defaultSentence(item, now) && (
        <p className={css.auto}>
          <Untrusted text={defaultSentence(item, now) ?? ""} />
        </p>
      )}
    </article>
  );
}

function toneOf({ kind }: AttentionItem): "fail" | "need" {
  return kind === "failure" || kind === "interrupted" ? "fail" : "need";
}

/** The choices and an answer of one's own. */
export function Answering({
  item,
  hasKeys,
  place,
}: {
  item: AttentionItem;
  hasKeys?: boolean;
  place: Place;
}) {
  const { attention } = useApp();
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
  return (
    <>
      {item.choices.length > 0 && (
        <Buttons className={css.choices}>
          {item.choices.map((choice, index) => (
            <Button
              key={choice}
              small
              className={css.choice}
              title={visibleText(choice)}
              keys={hasKeys && index < 9 ? String(index + 1) : undefined}
              pending={pending === choice}
              disabled={pending !== undefined}
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
            keys={hasKeys ? "r" : undefined}
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
          <Button type="submit" pending={pending === draft.trim()} disabled={draft.trim() === ""}>
            {en.attention.send}
          </Button>
        </form>
      )}
    </>
  );
}

/** Seen, later, put away: records in the core. */
function Handling({ item }: { item: AttentionItem }) {
  const { attention } = useApp();
  const name = taskName(item.task);
  const handle = (how: Parameters<typeof attention.handle>[1], said?: string) => () =>
    void attention
      .handle(item, how)
      .then(() => said && toast(said))
      .catch(toastProblem);
  return (
    <Menu
      label={en.attention.actions(name)}
      opener={(props) => (
        <IconButton icon="more" label={en.attention.actions(name)} className={css.more} {...props} />
      )}
      items={[
        ...(item.seen ? [] : [{ title: en.attention.seen, run: handle({ seen: {} }) }, "line" as const]),
        ...en.attention.snoozes.map(({ title, seconds }) => ({
          title: `${en.attention.snooze}: ${title.toLowerCase()}`,
          run: handle({ snooze: { seconds } }, en.attention.snoozed(name, title)),
        })),
        "line",
        { title: en.attention.archive, run: handle({ archive: {} }, en.attention.putAway(name)) },
      ]}
    />
  );
}
