import { World } from "../world";
import { agents } from "./parts";

/** A root in which nothing was done yet. */
export function empty(clock?: World["clock"]): World {
  const world = new World(clock);
  agents(world);
  return world;
}
