/** The texts of the first run, which are loaded with it. Other languages have the same shape. */
export const first = {
  title: "Welcome to Conductor Loop",
  text: "It runs your coding agents, keeps each going until its task is really done, and tells you when one needs you. Agents go on working when this page is closed.",
  found: "Found on this machine",
  noneReady: "No agent can be used yet. Install one or log in, then look again.",
  again: "Look again",
  more: "All about agents",
  prompt: "What should be done",
  promptHint: "The agent works on it until it is really done",
  folder: "Work in",
  folderHint: "A folder of the machine where the server runs",
  folderHintHere: "A folder of this machine",
  choose: "Choose…",
  access: "What it may do without asking",
  accesses: { read: "Read", edit: "Edit here", full: "Everything" },
  accessText: {
    read: "It reads, and changes nothing.",
    edit: "It edits files in its folder. Commands are refused, or run where they cannot reach out of it.",
    full: "It runs any command as you: with your files, your logins, your network.",
  },
  start: "Start the first task",
  demo: "Or watch it work: a scripted agent in a folder of its own asks you, and ends. It needs no key and no network.",
};
