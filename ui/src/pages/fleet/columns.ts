import { NARROW, useMedia } from "~/look/media";
import { usePreferences } from "~/state/hooks";

/** Columns of tiles: as many as are wanted and have room, and how many have. */
export function useColumns(): { columns: number; most: number } {
  const [{ fleetColumns }] = usePreferences();
  const isNarrow = useMedia(NARROW);
  const isMiddle = useMedia("(max-width: 1100px)");
  const most = isNarrow ? 1 : isMiddle ? 2 : 3;
  return { columns: Math.min(most, fleetColumns), most };
}
