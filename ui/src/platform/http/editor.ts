import type { EditorAddress } from "../host";
import { Problem } from "../problem";
import { Value } from "../value";

const KEY = "conductor.editor";
/** Addresses that act in the page itself are none of an editor. */
const REFUSED = /^(javascript|data|blob|vbscript|file|about|https?|wss?|ftp|mailto):/i;

/** Opens files by an address that an editor listens to, on the machine that the browser runs on. */
export class EditorLink implements EditorAddress {
  readonly #template = new Value(stored());

  get = () => this.#template.get();
  watch = (listener: () => void) => this.#template.watch(listener);

  set(template: string): void {
    const wanted = template.trim();
    if (wanted !== "" && !isEditorAddress(wanted)) {
      throw new Problem(
        "usage",
        `"${wanted}" is no address of an editor`,
        "such as vscode://file/{file}:{line}",
      );
    }
    this.#template.set(wanted);
    try {
      localStorage.setItem(KEY, wanted);
    } catch {
      // Without storage it lasts as long as the page.
    }
  }

  open = async (place: { path: string; line?: number }): Promise<void> => {
    const link = document.createElement("a");
    link.href = editorAddress(this.get(), place);
    link.click();
  };
}

export function isEditorAddress(template: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(template) && !REFUSED.test(template) && template.includes("{file}");
}

/** A template with the place put in; without a line, what stands before `{line}` goes with it. */
export function editorAddress(template: string, { path, line }: { path: string; line?: number }): string {
  const file = path.split("/").map(encodeURIComponent).join("/");
  const withLine =
    line === undefined
      ? template.replace(/[?&:]?(line=)?\{line\}/, "")
      : template.replace("{line}", `${line}`);
  // An absolute path after a slash of the template has its own.
  return withLine.replace(/\/?\{file\}/, (found) =>
    found[0] === "/" && file[0] === "/" ? file : found.replace("{file}", file),
  );
}

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
