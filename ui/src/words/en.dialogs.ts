/** The texts of the dialogs about tasks, which are loaded with them. Other languages have the same shape. */
export const dialogs = {
  stop: {
    title: (name: string) => `Stop ${name}?`,
    titleMany: (n: number) => `Stop ${n} tasks?`,
    text: "Its agent and every process that it started are told to end, and it is looked whether any is left. What was written so far stays.",
    children: (n: number, names: string) =>
      n === 1
        ? `Its child task is stopped with it: ${names}`
        : `Its ${n} child tasks are stopped with it: ${names}`,
    many: (names: string) =>
      `Every agent of these tasks and every process that it started is ended: ${names}`,
    reason: "Why",
    reasonHint: "Recorded, and shown with the task",
    force: "At once",
    forceHint: "Without the 5 seconds in which a process may end by itself",
    confirm: "Stop it",
    confirmMany: (n: number) => `Stop ${n} tasks`,
    going: (done: number, all: number) =>
      all === 1 ? "Stopping, then looking again" : `${done} of ${all} stopped`,
    result: "What was found",
    verified: (name: string) => `${name} is stopped`,
    nothing: "No process of it was alive",
    ended: (found: number) =>
      found === 1 ? "1 process found and ended" : `${found} processes found and ended`,
    killed: (n: number, all: boolean) => (all ? ", by force" : `, ${n} of them by force`),
    noneLeft: ", none left",
    left: (pids: string) => `Still alive: process ${pids}`,
    again: "Try again by force",
    over: (name: string, status?: string) => `${name} has ended meanwhile${status ? `: ${status}` : ""}`,
    overMany: "They have ended meanwhile",
  },
  finish: {
    title: (name: string) => `Is ${name} done?`,
    text: "It counts as completed. An agent that still works has a minute to end by itself, then it is stopped.",
    message: "What was done",
    confirm: "It is done",
  },
  hand: {
    title: (name: string) => `Go on with ${name} by another agent`,
    text: "It begins a fresh session, and is given what was changed and what was said last. Totals are kept.",
    agent: "Agent",
    confirm: (agent: string) => `Go on with ${agent}`,
  },
  remove: {
    title: (name: string) => `Delete ${name}?`,
    text: "This cannot be taken back. Lost is:",
    runs: (n: number) =>
      n === 1 ? "1 run with its log and its result" : `${n} runs with their logs and results`,
    bus: "everything that was said: messages, questions, answers, attachments",
    records: (path: string) => `its folder ${path}`,
    needed: (names: string) => `Waiting for it, and then for nothing: ${names}`,
    kept: (cwd: string) => `What it changed in ${cwd} stays.`,
    confirm: "Delete it",
  },
  away: {
    title: "Put away finished tasks",
    text: "Lists leave them out. Nothing is deleted; they can be taken out again.",
    which: "Which",
    older: "Ended",
    ages: {
      "0": "at any time",
      "1": "more than a day ago",
      "7": "more than a week ago",
      "30": "more than 30 days ago",
    },
    project: "Project",
    all: "All projects",
    none: "No task is of this kind",
    confirm: (n: number) => (n === 1 ? "Put 1 away" : `Put ${n} away`),
    shelf: "What was put away",
    shelfNone: "Nothing was put away",
    find: "Find by name or title",
  },
};
