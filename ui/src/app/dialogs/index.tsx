import { taskDialog } from "~/actions/overlay";
import { useReadable } from "~/state/store";
import { DeleteDialog } from "./DeleteDialog";
import { DoneDialog } from "./DoneDialog";
import { HandOverDialog } from "./HandOverDialog";
import { PutAwayDialog } from "./PutAwayDialog";
import { ShelfDialog } from "./ShelfDialog";
import { StopDialog } from "./StopDialog";

/** The dialog about tasks that is asked for. */
export default function TaskDialogs() {
  const asked = useReadable(taskDialog);
  const close = () => taskDialog.set(undefined);
  switch (asked?.kind) {
    case "stop":
      return <StopDialog tasks={asked.tasks} onClose={close} />;
    case "done":
      return <DoneDialog task={asked.task} onClose={close} />;
    case "handOver":
      return <HandOverDialog task={asked.task} onClose={close} />;
    case "delete":
      return <DeleteDialog task={asked.task} onClose={close} />;
    case "putAway":
      return <PutAwayDialog onClose={close} />;
    case "shelf":
      return <ShelfDialog onClose={close} />;
    default:
      return null;
  }
}
