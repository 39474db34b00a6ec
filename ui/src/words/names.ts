/** What a person calls a task: its id without the kind and the time. */
export function taskName(task: string): string {
  return /^task-\d{8}-\d{6}-(.+)$/.exec(task)?.[1] ?? task;
}

/** What a task was asked for, where its name does not say the same. */
export function titleBeside({ task, title }: { task: string; title: string }): string | undefined {
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const line = title.split("\n", 1)[0] ?? "";
  const isSame = words(line)
    .join(" ")
    .startsWith(words(taskName(task)).join(" "));
  return isSame && words(line).length <= words(taskName(task)).length ? undefined : line;
}

/** A folder with the home folder shortened. */
export function folder(path: string): string {
  return path.replace(/^\/(?:home|Users)\/[^/]+/, "~");
}
