import type { Capabilities } from "../host";
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

type How = { /** Its clock does not stand still. */ runs?: boolean; capabilities?: Capabilities };

/** A fake core with a scene. */
export function fakeHost(scene: Scene, { runs = false, capabilities }: How = {}): FakeHost {
  return new FakeHost(SCENES[scene](new FakeClock(undefined, runs)), capabilities);
}
