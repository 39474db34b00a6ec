// Every page of the dashboard, with tasks in every state a person meets.

const LONG = "a-very-long-name-that-does-not-end-".repeat(3);
const NASTY = [
  '<img src=x onerror="document.title=\'owned\'"><b id="owned">bold</b><script>document.title="owned"</script>',
  "\u001b[31m█▀▀ red \u001b[1mand bold\u001b[0m ▄▄▄█",
  "שלום עולם \u202Egnp.exe\u202C مرحبا 👩‍👩‍👧‍👦🏳️‍🌈",
  `https://example.org/${"x".repeat(400)}`,
].join("\n");
const TABS = ["", "/log", "/changes", "/messages", "/timeline", "/files", "/details"];
const SETTINGS = [
  "agents", "projects", "limits", "notifications", "webhooks", "access", "editor", "appearance", "keys", "storage",
  "configuration",
];

/** Makes the tasks, and waits until nothing moves any more; `{tasks, paths}`, the addresses of all pages. */
export async function everyPage(board) {
  board.let("nasty.txt", NASTY);
  const nasty = await board.make(`nasty 👩‍👩‍👧‍👦 שלום <b>${LONG}</b>`);
  const asking = await board.make(`ask-me ${LONG}`);
  const failed = await board.make("fail-now");
  const working = await board.make("hear-me work");
  const waiting = await board.make("say hello after it", { depends_on: [working.task] });
  const paused = await board.atWork(await board.make("hear-me rest"));
  await board.served.ask("POST", `${paused.api}/pause`, {});
  const states = [
    [nasty, "completed"], [asking, "waiting_answer"], [failed, "failed"], [waiting, "waiting"], [paused, "paused"],
  ];
  for (const [task, status] of states) await board.is(task, status);
  await board.atWork(working);
  const tasks = { nasty, asking, failed, working, waiting, paused };
  const paths = [
    "/tasks", ...TABS.map((tab) => nasty.path + tab), asking.path, failed.path, working.path, waiting.path, paused.path,
    "/fleet", "/new", ...SETTINGS.map((part) => `/settings/${part}`),
  ];
  return { tasks, paths };
}
