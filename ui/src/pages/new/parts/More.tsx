import { useState } from "react";
import { Button, Field, Icon, Input } from "~/look";
import { make as words } from "~/words/en.make";
import type { FieldProps } from "../field";
import { counting, EMPTY, type FieldName, MORE, OF_TURNS } from "../form";
import { useUsual } from "../usual";
import css from "./parts.module.css";

type TextName =
  | "wall"
  | "idle"
  | "restarts"
  | "failures"
  | "tokens"
  | "cost"
  | "name"
  | "group"
  | "parentRun";

/** Limits, and what is asked seldom. It is open where something of it is set or refused. */
export function More({ form, patch, errors }: FieldProps) {
  const counted = counting(form);
  const set = MORE.filter((name) => counted[name] !== EMPTY[name]);
  const isRefused = MORE.some((name) => errors[name]);
  const [wanted, setWanted] = useState<boolean>();
  // It does not close by itself under who takes the last value out.
  const [wasSet, setWasSet] = useState(false);
  if (set.length > 0 && !wasSet) setWasSet(true);
  const isOpen = isRefused || (wanted ?? wasSet);
  const usual = useUsual() ?? {};
  const isShown = (name: FieldName) => form.how === "loop" || !OF_TURNS.includes(name);
  const text = (name: TextName, hint?: string, isLimit = false) =>
    isShown(name) && (
      <Field label={words[name]} hint={hint} error={errors[name]}>
        {(field) => (
          <Input
            {...field}
            inputMode={NUMBERS.has(name) ? "decimal" : undefined}
            placeholder={isLimit ? usual[name] || words.none : undefined}
            value={form[name]}
            onChange={(event) => patch({ [name]: event.target.value })}
          />
        )}
      </Field>
    );
  const check = (name: "session" | "gather", hint: string) =>
    isShown(name) && (
      <label className={css.check}>
        <input
          type="checkbox"
          checked={form[name]}
          onChange={(event) => patch({ [name]: event.target.checked })}
        />
        <span>
          {words[name]}
          <small>{hint}</small>
        </span>
      </label>
    );
  return (
    <div className={css.part}>
      <div className={css.more}>
        <Button small kind="quiet" aria-expanded={isOpen} onClick={() => setWanted(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} size={10} />
          {words.more}
          {set.length > 0 && <span className={css.hint}>{words.setHere(set.length)}</span>}
        </Button>
      </div>
      {isOpen && (
        <div className={css.grid}>
          {text("wall", words.wallHint, true)}
          {text("cost", words.asksHint, true)}
          {text("tokens", words.asksHint, true)}
          {text("idle", words.idleHint, true)}
          {text("restarts", undefined, true)}
          {text("failures", undefined, true)}
          {text("name", words.nameHint)}
          {text("group", words.groupHint)}
          {text("parentRun", words.parentRunHint)}
          {check("session", words.sessionHint)}
          {check("gather", words.gatherHint)}
        </div>
      )}
    </div>
  );
}

const NUMBERS = new Set<FieldName>(["restarts", "failures", "tokens", "cost"]);
