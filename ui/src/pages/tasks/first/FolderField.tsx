import { lazy, Suspense, useEffect, useState } from "react";
import { Button, Field, Input, toastProblem } from "~/look";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { first } from "~/words/en.first";
import css from "./FirstRun.module.css";

const FolderChooser = lazy(() =>
  import("~/parts/FolderChooser").then(({ FolderChooser }) => ({ default: FolderChooser })),
);

type Props = { value: string; onChange: (path: string) => void };

/** A folder of the server's machine: typed, or chosen from those that are there. */
export function FolderField({ value, onChange }: Props) {
  const host = useHost();
  const { pickFolder, ownWindow } = host.capabilities;
  const [isChoosing, setChoosing] = useState(false);
  const home = useResource("folders::false", () => host.request("system_folders", { query: {} }));
  const found = home.data?.path;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is empty gets the person's own folder.
  useEffect(() => {
    if (found && !value) onChange(found);
  }, [found]);
  const pick = async () => {
    if (!pickFolder) return setChoosing(true);
    const path = await pickFolder();
    if (path) onChange(path);
  };
  const choose = (path: string) => {
    setChoosing(false);
    onChange(path);
  };
  return (
    <Field label={first.folder} hint={ownWindow ? first.folderHintHere : first.folderHint}>
      {(named) => (
        <div className={css.folder}>
          <Input {...named} value={value} onChange={(event) => onChange(event.target.value)} />
          <Button onClick={() => void pick().catch(toastProblem)}>{first.choose}</Button>
          {isChoosing && (
            <Suspense fallback={null}>
              <FolderChooser from={value || undefined} onChoose={choose} onClose={() => setChoosing(false)} />
            </Suspense>
          )}
        </div>
      )}
    </Field>
  );
}
