import type { Host } from "./host";
import { HttpHost } from "./http/host";

/** The host of the window or the browser that this page is in. The only place that asks which one. */
export async function pickHost(): Promise<Host> {
  if (import.meta.env.DEV || import.meta.env.VITE_FAKE) {
    const scene = fakeScene();
    if (scene) {
      const [{ fakeHost, SCENES }, places] = await Promise.all([import("./fake"), import("./fake/places")]);
      if (scene.name in SCENES) {
        const capabilities = scene.isDesktop ? places.desktop() : places.browser();
        const host = fakeHost(scene.name as keyof typeof SCENES, { runs: !scene.isStill, capabilities });
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

type FakeScene = { name: string; isStill: boolean; isDesktop: boolean };

/**
 * `?fake=busy` chooses a scene for this tab; with `&still` its clock stands, with `&desk` it is in the desktop's
 * window. `?fake=` ends it.
 */
function fakeScene(): FakeScene | undefined {
  const query = new URLSearchParams(location.search);
  const name = query.get("fake");
  if (name !== null) {
    const asked: FakeScene = { name, isStill: query.has("still"), isDesktop: query.has("desk") };
    sessionStorage.setItem("conductor.fake", JSON.stringify(asked));
  }
  const kept = JSON.parse(sessionStorage.getItem("conductor.fake") ?? "null") as FakeScene | null;
  return kept?.name ? kept : undefined;
}
