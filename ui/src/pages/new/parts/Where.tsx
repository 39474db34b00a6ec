import { useId, useState } from "react";
import { Icon, Menu, type MenuItem, toastProblem, visibleText } from "~/look";
import { FolderChooser } from "~/parts/FolderChooser";
import { useApp } from "~/state/app";
import { useReadable } from "~/state/store";
import { en, folder, taskName } from "~/words";
import { make as words } from "~/words/en.make";
import type { FieldProps } from "../field";
import { useFolder, useWorkingIn } from "../places";
import { folders, remembered } from "../remember";
import { Part } from "./Part";
import css from "./parts.module.css";

/** The project and the folder that it works in. */
export function Where({ form, patch, errors }: FieldProps) {
  const app = useApp();
  const { projects } = useReadable(app.tasks.value);
  const [isChoosing, setChoosing] = useState(false);
  const errorId = useId();
  const there = useFolder(form.project, form.cwd);
  const others = useWorkingIn(there);
  const go = (project: string, cwd: string) => patch({ project, cwd, ...remembered(project, cwd) });
  const { pickFolder } = app.host.capabilities;
  const choose = () => {
    if (!pickFolder) setChoosing(true);
    else pickFolder().then((path) => path && go("", path), toastProblem);
  };
  const known = projects.map(
    ({ project, source }): MenuItem => ({
      title: source ? `${project}  ${folder(source)}` : project,
      checked: form.project === project && form.cwd === "",
      run: () => go(project, ""),
    }),
  );
  const sources = new Set(projects.map(({ source }) => source));
  const recent = folders()
    .filter((path) => !sources.has(path))
    .map(
      (path): MenuItem => ({
        title: folder(path),
        checked: form.cwd === path,
        run: () => go("", path),
      }),
    );
  const names = namesOf(others.map(({ task }) => taskName(task)));
  const error = errors.cwd ?? errors.project;
  return (
    <Part label={words.where} error={error} errorId={errorId}>
      <Menu
        label={words.where}
        items={[
          ...known,
          ...(known.length > 0 && recent.length > 0 ? ["line" as const] : []),
          ...recent,
          ...(known.length + recent.length > 0 ? ["line" as const] : []),
          { title: words.chooseFolder, run: choose },
        ]}
        opener={(props) => (
          <button
            type="button"
            className={css.opener}
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? errorId : undefined}
            {...props}
          >
            <span>{form.project || (there ? folder(there).split("/").at(-1) : words.choosePlace)}</span>
            <span className={css.path}>{there && <bdi>{visibleText(folder(there))}</bdi>}</span>
            <Icon name="down" size={10} />
          </button>
        )}
      />
      {form.cwd && !form.project && !sources.has(form.cwd) && <p className={css.hint}>{words.ofFolder}</p>}
      {others.length > 0 && (
        <p className={css.warning}>
          {others.length === 1 ? words.alsoThere(names) : words.alsoThereMany(names)}
        </p>
      )}
      {isChoosing && (
        <FolderChooser
          from={there}
          onChoose={(path) => {
            setChoosing(false);
            go("", path);
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </Part>
  );
}

/** The first two, and how many more. */
function namesOf(names: string[]): string {
  if (names.length <= 2) return names.join(en.and);
  return names.slice(0, 2).join(", ") + en.bulk.andMore(names.length - 2);
}
