import type { Live } from "~/platform/live/live";

/** Calls `back` each time the way to the core was cut and what came meanwhile has been told. */
export function onBack(live: Live, back: () => void): () => void {
  let wasCut = false;
  return live.state.watch(() => {
    const { phase } = live.state.get();
    if (phase === "live" && wasCut) back();
    if (phase === "live" || phase === "idle") wasCut = false;
    if (phase === "offline" || phase === "catching_up") wasCut = true;
  });
}
