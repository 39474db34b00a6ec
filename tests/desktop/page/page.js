// Goes where it is told to, as the dashboard does.
const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
const id = transformCallback(({ message }) => {
  if (message?.kind === "go") history.pushState(null, "", message.to);
});
invoke("listen", { channel: `__CHANNEL__:${id}` });
