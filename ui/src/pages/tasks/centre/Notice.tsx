import { attentionGlyph, StateGlyph, Untrusted, WithCommands } from "~/look";
import type { TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useDetail } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { useSelected } from "~/state/store";
import { useNow } from "~/state/ticker";
import { defaultSentence, hintWords, sentence, waitWords } from "~/words";
import css from "./Notice.module.css";

/** What a person must know before anything else: the open question, which the composer answers, or why the task failed. */
export function Notice({ task }: { task: TaskView }) {
  const { attention } = useApp();
  const item = useSelected(attention.shown, (items) => items.find((each) => keyOf(each) === keyOf(task)));
  const now = useNow(10);
  if (!item || item.kind === "failure") return <Failure task={task} />;
  const auto = item.answered === undefined && defaultSentence(item, now);
  return (
    <section className={css.need}>
      <h2 className={css.title}>
        <StateGlyph glyph={attentionGlyph(item.kind)} />
        <span>{sentence(waitWords(item, now))}</span>
        {auto && (
          <span className={css.auto}>
            <Untrusted text={auto} />
          </span>
        )}
      </h2>
      <p className={css.text}>
        <Untrusted text={item.text} links />
      </p>
    </section>
  );
}

function Failure({ task }: { task: TaskView }) {
  const error = useDetail(task).data?.error;
  if (!error || !(hasEnded(task) || task.status === "interrupted")) return null;
  return (
    <section className={css.fail} role="alert">
      <h2 className={css.title}>
        <StateGlyph glyph="failed" />
        <Untrusted text={sentence(error.message)} links />
      </h2>
      {error.hint && (
        <p className={css.hint}>
          <WithCommands text={hintWords(error.hint)} />
        </p>
      )}
    </section>
  );
}
