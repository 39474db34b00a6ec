import {
  attentionGlyph,
  Buttons,
  cx,
  IconButton,
  Menu,
  StateGlyph,
  toast,
  toastProblem,
  Untrusted,
  visibleText,
} from "~/look";
import { Answering } from "~/parts/Answering";
import { remediesOf } from "~/parts/Remedies";
import { isAnswerable } from "~/parts/reply";
import type { AttentionItem } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import type { ShownItem } from "~/state/attention";
import { useMayChange, useTask } from "~/state/hooks";
import { useNow } from "~/state/ticker";
import { defaultSentence, en, exact, sentence, sinceWords, taskName } from "~/words";
import css from "./AttentionCard.module.css";

type Props = {
  item: ShownItem;
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
  const auto = defaultSentence(item, now);
  const isAnswered = item.answered !== undefined;
  const isQuestion = isAnswerable(item.kind);
  return (
    <article className={cx(css.card, css[toneOf(item)], isOpen && css.open)} inert={isAnswered}>
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
      <p className={cx(css.text, !isQuestion && css.dim)} title={visibleText(item.text)}>
        <Untrusted text={sentence(item.text)} />
      </p>
      {isQuestion && mayChange && <Answering item={item} hasKeys={isTarget && !isOpen} place="list" />}
      {!isQuestion && mayChange && <Remedies item={item} />}
      {auto && (
        <p className={cx(css.auto, isAnswered && css.past)}>
          <Untrusted text={auto} />
        </p>
      )}
    </article>
  );
}

function Remedies({ item }: { item: AttentionItem }) {
  const task = useTask(item);
  const buttons = task ? remediesOf(task, item) : [];
  return buttons.length > 0 ? <Buttons className={css.remedies}>{buttons}</Buttons> : null;
}

function toneOf({ kind }: AttentionItem): "fail" | "need" {
  return kind === "failure" || kind === "interrupted" ? "fail" : "need";
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
