import { type RefObject, useEffect } from "react";

const NAME = "found";
/** Places that are marked at once; only what is drawn is searched. */
const MOST = 1000;

/** Marks a text wherever it is drawn within an element, without changing what is drawn. Older browsers mark nothing. */
export function useHighlight(within: RefObject<HTMLElement | null>, text: string): void {
  useEffect(() => {
    const element = within.current;
    if (!element || text === "" || !("highlights" in CSS)) return;
    let frame = 0;
    const mark = () => {
      frame = 0;
      CSS.highlights.set(NAME, new Highlight(...rangesOf(element, text)));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(mark);
    };
    const observer = new MutationObserver(soon);
    observer.observe(element, { childList: true, subtree: true, characterData: true });
    soon();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(NAME);
    };
  }, [within, text]);
}

/** Where a text is drawn; a find that goes over several elements is left out. */
export function rangesOf(within: Node, text: string): Range[] {
  const what = text.toLowerCase();
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MOST; node = walker.nextNode()) {
    const drawn = node.textContent ?? "";
    const where = drawn.toLowerCase();
    // A letter whose small form is longer would move the places.
    if (where.length !== drawn.length) continue;
    for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + what.length);
      ranges.push(range);
    }
  }
  return ranges;
}
