import type { KeyboardEvent } from "react";
import type { Find } from "../log/use-find";

/** Keys of find in what is read: `/` begins, `n` and `N` go on and back while it is open, Esc ends it. */
export function findKeys(find: Find, letters: boolean): (event: KeyboardEvent) => boolean {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape" && find.isOpen) find.close();
    else if (letters && event.key === "/") find.open();
    else if (letters && find.isOpen && event.key === "n") find.step(1);
    else if (letters && find.isOpen && event.key === "N") find.step(-1);
    else return false;
    event.preventDefault();
    return true;
  };
}
