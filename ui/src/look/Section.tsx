import { isValidElement, type ReactNode, useId } from "react";
import { useOpen } from "~/state/hooks";
import { cx } from "./cx";
import { Icon } from "./Icon";
import css from "./Section.module.css";

type Props = {
  title: string;
  /** Dimmed, at the right edge of the title. */
  note?: ReactNode;
  children: ReactNode;
  /** With a name it folds, and stays as it was left. */
  folds?: string;
  isOpen?: boolean;
};

/** A titled part of a panel. */
export function Section({ title, note, children, folds, isOpen = true }: Props) {
  const [open, setOpen] = useOpen(`section:${folds ?? ""}`, isOpen);
  const id = useId();
  const head = (
    <>
      {folds && (
        <span className={cx(css.arrow, open && css.open)}>
          <Icon name="right" size={10} />
        </span>
      )}
      <span>{title}</span>
      {note !== undefined && <span className={css.note}>{note}</span>}
    </>
  );
  return (
    <section className={css.section} aria-labelledby={id}>
      <h2 id={id} className={css.title}>
        {folds ? (
          <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
            {head}
          </button>
        ) : (
          <span className={css.head}>{head}</span>
        )}
      </h2>
      {(!folds || open) && <div className={css.body}>{children}</div>}
    </section>
  );
}

/** What there is to say where nothing is. */
export function Quiet({ children }: { children: ReactNode }) {
  return <p className={css.quiet}>{children}</p>;
}

/** Two facts of one name are told apart by the keys of what they are. */
function keyOf(fact: ReactNode): string {
  return isValidElement(fact) ? String(fact.key) : "";
}

/** Names and what they are, in two columns. */
export function Facts({ facts }: { facts: (readonly [string, ReactNode] | false | undefined | null)[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={`${fact[0]}:${keyOf(fact[1])}`} className={css.fact}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
