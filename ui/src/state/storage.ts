const PREFIX = "conductor.";
/** What could not be stored lasts as long as the page. */
const memory = new Map<string, string>();

/** What was kept under a name; none where there is nothing that can be read. */
export function read<T>(name: string): T | undefined {
  try {
    const text = memory.get(name) ?? localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Keeps something under a name; `undefined` forgets it. */
export function write(name: string, value: unknown): void {
  const text = value === undefined ? undefined : JSON.stringify(value);
  try {
    if (text === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    memory.delete(name);
  } catch {
    if (text === undefined) memory.delete(name);
    else memory.set(name, text);
  }
}
