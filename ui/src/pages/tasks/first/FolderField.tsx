import { useEffect, useState } from "react";
import { Button, ErrorState, Field, Icon, Input, Popover, Skeleton, toastProblem, visibleText } from "~/look";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { first } from "~/words/en.first";
import css from "./FirstRun.module.css";

type Props = { value: string; onChange: (path: string) => void };

/** A folder of the server's machine: typed, or chosen from those that are there. */
export function FolderField({ value, onChange }: Props) {
  const host = useHost();
  const { pickFolder } = host.capabilities;
  const home = useFolders(undefined);
  const found = home.data?.path;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is empty gets the person's own folder.
  useEffect(() => {
    if (found && !value) onChange(found);
  }, [found]);
  const pick = async () => {
    const path = await pickFolder?.();
    if (path) onChange(path);
  };
  return (
    <Field label={first.folder} hint={first.folderHint}>
      {(named) => (
        <div className={css.folder}>
          <Input {...named} value={value} onChange={(event) => onChange(event.target.value)} />
          {pickFolder ? (
            <Button onClick={() => void pick().catch(toastProblem)}>{first.choose}</Button>
          ) : (
            <Popover label={first.folder} opener={(props) => <Button {...props}>{first.choose}</Button>}>
              {() => <Folders path={value || undefined} onChange={onChange} />}
            </Popover>
          )}
        </div>
      )}
    </Field>
  );
}

function useFolders(path: string | undefined) {
  const host = useHost();
  return useResource(`folders:${path ?? ""}`, () => host.request("system_folders", { query: { path } }));
}

/** The folders in one; pressing one goes into it, and takes it. */
function Folders({ path: begin, onChange }: { path: string | undefined; onChange: (path: string) => void }) {
  const [path, setPath] = useState(begin);
  const { data, problem } = useFolders(path);
  const go = (next: string) => {
    setPath(next);
    onChange(next);
  };
  if (problem && !data) return <ErrorState small problem={problem} />;
  if (!data) return <Skeleton />;
  return (
    <div className={css.folders}>
      <p className={css.path}>
        {visibleText(data.path)} {data.git && <span className={css.git}>{first.git}</span>}
      </p>
      {data.parent && (
        <button type="button" className={css.choice} onClick={() => go(data.parent ?? "/")}>
          <Icon name="back" /> {first.up}
        </button>
      )}
      {data.items.map(({ name, path: inner, git }) => (
        <button
          key={inner}
          type="button"
          className={css.choice}
          aria-label={first.into(visibleText(name))}
          onClick={() => go(inner)}
        >
          <Icon name="right" />
          <span className={css.name}>{visibleText(name)}</span>
          {git && <span className={css.git}>{first.git}</span>}
        </button>
      ))}
      {data.items.length === 0 && <p className={css.hint}>{first.noFolders}</p>}
    </div>
  );
}
