import { en } from "./en";
import { sentence } from "./status";

const COMMAND = /`run-agent (resume|recover|tell|answer|stop|status|watch)\b[^`]*`/g;

/** A hint of the core as a sentence: a command that the page has a control for is named as that; others stay. */
export function hintWords(hint: string): string {
  return sentence(hint.replace(COMMAND, (_, command: keyof typeof en.hints) => en.hints[command]));
}
