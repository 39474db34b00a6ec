/** What a person calls a task: its id without the kind and the time. */
export function taskName(task: string): string {
  return /^task-\d{8}-\d{6}-(.+)$/.exec(task)?.[1] ?? task;
}

/** A folder with the home folder shortened. */
export function folder(path: string): string {
  return path.replace(/^\/(?:home|Users)\/[^/]+/, "~");
}
