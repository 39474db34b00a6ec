import { type KeyboardEvent, useEffect, useRef } from "react";
import { cx, IconButton, Input, Untrusted } from "~/look";
import { count, sentence } from "~/words";
import { reading } from "~/words/en.reading";
import css from "./LogView.module.css";
import type { Find } from "./use-find";

type Props = { find: Find; placeholder?: string };

/** Looks through all of it; Enter goes on, Shift Enter goes back, Esc closes. */
export function FindBar({ find, placeholder = reading.log.findPlaceholder }: Props) {
  const box = useRef<HTMLInputElement>(null);
  const { finds, index, text } = find;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again, the field gets the focus again.
  useEffect(() => box.current?.select(), [find.asked]);
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") find.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") find.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isSearching = text !== "" && !finds.isDone;
  return (
    <search className={css.find}>
      <Input
        ref={box}
        type="search"
        aria-label={reading.log.find}
        placeholder={placeholder}
        value={text}
        onChange={(event) => find.setText(event.target.value)}
        onKeyDown={key}
      />
      <span role="status" className={cx(css.count, finds.problem && css.problem)}>
        {finds.problem ? <Untrusted text={sentence(finds.problem.message)} /> : words(find, index)}
        {isSearching && ` · ${reading.log.searching(Math.floor(finds.part * 100))}`}
      </span>
      {isSearching && <IconButton icon="close" label={reading.log.stopSearch} onClick={find.stop} />}
      <IconButton
        icon="up"
        label={reading.log.previousFind}
        disabled={finds.offsets.length === 0}
        onClick={() => find.step(-1)}
      />
      <IconButton
        icon="down"
        label={reading.log.nextFind}
        disabled={finds.offsets.length === 0}
        onClick={() => find.step(1)}
      />
      <IconButton icon="close" label={reading.log.closeFind} onClick={find.close} />
    </search>
  );
}

function words({ finds, text }: Find, index: number): string {
  const { offsets, isDone, isCapped } = finds;
  if (text === "") return "";
  if (offsets.length === 0) return isDone ? reading.log.findNone : "";
  const all = isDone && !isCapped ? count(offsets.length) : reading.log.atLeast(count(offsets.length));
  return index < 0 ? reading.log.findCount(all) : reading.log.findOf(count(index + 1), all);
}
