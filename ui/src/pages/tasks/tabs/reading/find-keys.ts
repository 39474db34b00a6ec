import type { KeyboardEvent } from "react";
import { pressed, useIsKey } from "~/actions";
import type { Find } from "../log/use-find";

/** Keys of find in what is read: that of lists' filter begins, two go on and back while it is open, Esc ends it. */
export function useFindKeys(find: Find): (event: KeyboardEvent) => boolean {
  const isKey = useIsKey();
  return (event) => {
    if (pressed(event) === "escape" && find.isOpen) find.close();
    else if (isKey(event, "list.filter")) find.open();
    else if (find.isOpen && isKey(event, "read.findNext")) find.step(1);
    else if (find.isOpen && isKey(event, "read.findPrevious")) find.step(-1);
    else return false;
    event.preventDefault();
    return true;
  };
}
