import { Segments } from "~/look";
import { make as words } from "~/words/en.make";
import type { FieldProps } from "../field";
import type { Access } from "../form";
import { useAgents, useUsualAccess } from "../settings";
import { Part } from "./Part";
import css from "./parts.module.css";

const LEVELS: Access[] = ["read", "edit", "full"];

/** What it may do without asking, said plainly. */
export function May({ form, patch, errors }: FieldProps) {
  const { agents, meant } = useAgents(form.project);
  const name = form.agent || meant;
  const usual = useUsualAccess(form.project, name);
  const access = form.access || usual;
  const kind = agents.find(({ agent }) => agent === name)?.type;
  return (
    <Part label={words.may} note={words.mayHint} error={errors.access}>
      <Segments
        label={words.may}
        value={access ?? ("" as Access)}
        options={LEVELS.map((value) => ({ value, title: words.mays[value] }))}
        onChange={(next) => patch({ access: next })}
      />
      {access && <p className={css.hint}>{words.maysHints[access]}</p>}
      {access === "read" && kind === "codex" && form.how === "loop" && (
        <p className={css.warning}>{words.cannotSayDone}</p>
      )}
    </Part>
  );
}
