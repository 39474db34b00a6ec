import { useReadable } from "~/state/store";
import { en, hintWords, sentence } from "~/words";
import { IconButton } from "./Button";
import { cx } from "./cx";
import css from "./Toasts.module.css";
import { announced, dismiss, toasts } from "./toast";
import { visibleText } from "./Untrusted";

/** The places in which toasts and announcements appear; once on the page. */
export function Toasts() {
  const shown = useReadable(toasts);
  const words = useReadable(announced);
  return (
    <>
      <div className={css.stack} role="status" aria-live="polite">
        {shown.map(({ id, text, hint, tone }) => (
          <div key={id} className={cx(css.toast, tone === "problem" && css.problem)}>
            <div className={css.words}>
              {visibleText(tone === "problem" ? sentence(text) : text)}
              {hint && <div className={css.hint}>{visibleText(hintWords(hint))}</div>}
            </div>
            <IconButton icon="close" label={en.look.dismiss} onClick={() => dismiss(id)} />
          </div>
        ))}
      </div>
      <div className="hidden-text" role="status" aria-live="polite">
        {words}
      </div>
    </>
  );
}
