import type { Host } from "./host";
import { HttpHost } from "./http/host";

/** The host of the window or the browser that this page is in. The only place that asks which one. */
export async function pickHost(): Promise<Host> {
  if (import.meta.env.DEV || import.meta.env.VITE_FAKE) {
    const scene = fakeScene();
    if (scene) {
      const { fakeHost, SCENES } = await import("./fake");
      if (scene.name in SCENES) {
        const host = fakeHost(scene.name as keyof typeof SCENES, { runs: !scene.isStill });
        // For scripts that let things happen in it.
        return Object.assign(globalThis, { conductorFake: host }).conductorFake;
      }
    }
  }
  if ("__TAURI_INTERNALS__" in globalThis) {
    const [{ windowIpc }, { TauriHost }] = await Promise.all([import("./tauri/ipc"), import("./tauri/host")]);
    const ipc = windowIpc();
    if (ipc) return new TauriHost(ipc);
  }
  return new HttpHost();
}

/** `?fake=busy` chooses a scene for this tab, `?fake=busy&still` one whose clock stands; `?fake=` ends it. */
function fakeScene(): { name: string; isStill: boolean } | undefined {
  const query = new URLSearchParams(location.search);
  const asked = query.get("fake");
  if (asked !== null)
    sessionStorage.setItem("conductor.fake", JSON.stringify({ name: asked, isStill: query.has("still") }));
  const kept = JSON.parse(sessionStorage.getItem("conductor.fake") ?? "null") as {
    name: string;
    isStill: boolean;
  } | null;
  return kept?.name ? kept : undefined;
}
