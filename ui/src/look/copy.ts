import { en } from "~/words";
import { toast } from "./toast";

/** Puts text into the clipboard and says so. */
export async function copy(text: string, said = en.look.copied): Promise<void> {
  const written = navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if ((await written) || copyBySelection(text)) toast(said);
  else toast(en.look.copyFailed, "problem");
}

/** The old way, where a window or a browser gives the page no clipboard. */
function copyBySelection(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  const before = document.activeElement as HTMLElement | null;
  document.body.append(box);
  box.select();
  const isDone = document.execCommand("copy");
  box.remove();
  before?.focus();
  return isDone;
}
