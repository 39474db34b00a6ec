import { IconButton, toastProblem } from "~/look";
import { useHost } from "~/state/app";
import { en } from "~/words";

/** Opens a file or a folder in the person's editor; nothing where that cannot be. `folder`: what the path may begin at. */
export function OpenPath({ path, folder }: { path: string; folder?: string }) {
  const { openInEditor } = useHost().capabilities;
  const whole = path.startsWith("/") ? path : folder && `${folder}/${path}`;
  if (!openInEditor || !whole) return null;
  const open = () => void openInEditor({ path: whole }).catch(toastProblem);
  return <IconButton icon="external" label={en.task.openInEditor} onClick={open} />;
}
