/** Where an answer of one's own is written: at the open task, or in the list or on a tile. */
export type Place = "page" | "list" | "tile";

export const replyId = (place: Place, id: string) => `reply-${place}-${id}`;

/** Goes to the field for an answer of one's own, the one nearest to what is looked at. */
export function focusReply(id: string): void {
  const find = (place: Place) => document.getElementById(replyId(place, id));
  (find("page") ?? find("tile") ?? find("list"))?.click();
}

/** Whether what needs a person is a question. */
export function isAnswerable(kind: string): boolean {
  return kind === "question" || kind === "limit" || kind === "stuck";
}
