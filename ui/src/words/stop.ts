import type { Schema } from "~/platform/operations";
import { dialogs } from "./en.dialogs";

/** What a verified stop found: "3 processes found and ended, 1 of them by force, none left". */
export function stopSentence({ found = 0, killed = 0, left = [] }: Schema<"StopEvidence">): string {
  const words = dialogs.stop;
  if (left.length > 0) return words.left(left.join(", "));
  if (found === 0) return words.nothing;
  const force = killed > 0 ? words.killed(killed, killed === found) : "";
  return words.ended(found) + force + words.noneLeft;
}
