import { FakeClock } from "./clock";
import { FakeHost } from "./host";
import { busy } from "./scenes/busy";
import { empty } from "./scenes/empty";
import { full } from "./scenes/full";
import { long } from "./scenes/long";

export { World } from "./world";
export { FakeClock, FakeHost };

export const SCENES = { empty, busy, full, long };
export type Scene = keyof typeof SCENES;

/** A fake core with a scene; its clock stands still unless `runs`. */
export function fakeHost(scene: Scene, { runs = false } = {}): FakeHost {
  return new FakeHost(SCENES[scene](new FakeClock(undefined, runs)));
}
