import type { AttentionItem } from "~/platform/operations";
import { en } from "./en";
import { clock, span } from "./time";

/** What a choice does by itself, and when: "Keeps … at 14:04"; none where nothing happens. */
export function defaultSentence(item: AttentionItem, now: number): string | undefined {
  if (!item.default || !item.default_at) return undefined;
  return en.attention.byItself(item.default, clock(Date.parse(item.default_at), now));
}

/** Since when, where the silhouette says what: "waits 14 min", "41 min ago". */
export function sinceWords(item: AttentionItem, now: number): string {
  const since = span(now - Date.parse(item.since));
  const isOver = item.kind === "failure" || item.kind === "interrupted";
  return isOver ? en.attention.ago(since) : en.attention.since(since);
}

/** Since when it waits, and for what: "waits 14 min", "ready for review · 2 min". */
export function waitWords(item: AttentionItem, now: number): string {
  return en.attention.wait[item.kind](span(now - Date.parse(item.since)));
}
