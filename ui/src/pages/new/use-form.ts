import { useEffect, useState } from "react";
import { asProblem, type Problem } from "~/platform/problem";
import { useApp } from "~/state/app";
import { refOf } from "~/state/keys";
import { read, write } from "~/state/storage";
import { useReadable } from "~/state/store";
import { EMPTY, type Form } from "./form";
import { formOf, withoutUsual } from "./prefill";
import { lastPlace, remembered } from "./remember";
import { useUsual } from "./usual";

type UseForm = {
  /** Absent while the task that it is made like is read. */
  form?: Form;
  problem?: Problem;
  patch: (change: Partial<Form>) => void;
  take: (form: Form) => void;
  /** Forgets what was typed. */
  clear: () => void;
};

/** The form as it was left, else a new one, or one like another task (`project/task`). */
export function useForm(from: string | undefined): UseForm {
  const { host, tasks } = useApp();
  const { projects } = useReadable(tasks.value);
  const usual = useUsual();
  const key = from ? `draft.new.${from}` : "draft.new";
  const [state, setState] = useState<{ key: string; form?: Form; problem?: Problem }>(() => ({
    key,
    form: kept(key),
  }));
  const current = state.key === key ? state : { key, form: kept(key), problem: undefined };
  const isMissing = !current.form && !current.problem;
  useEffect(() => {
    if (!isMissing || !from || !usual) return;
    let isOver = false;
    formOf(host, refOf(from)).then(
      (form) => !isOver && setState({ key, form: withoutUsual(form, usual) }),
      (error) => !isOver && setState({ key, problem: asProblem(error) }),
    );
    return () => {
      isOver = true;
    };
  }, [host, key, from, isMissing, usual]);
  const first = projects[0]?.project;
  const form = current.form ? placed(current.form, first) : from ? undefined : fresh(first);
  const take = (next: Form) => {
    setState({ key, form: next });
    write(key, next);
  };
  return {
    form,
    problem: current.problem,
    take,
    patch: (change) => form && take({ ...form, ...change }),
    clear: () => write(key, undefined),
  };
}

function kept(key: string): Form | undefined {
  const stored = read<Partial<Form>>(key);
  return stored && { ...EMPTY, ...stored };
}

/** A new form: where the last task was asked for, and as it was asked there. */
function fresh(first: string | undefined): Form {
  const { project, cwd } = usualPlace(first);
  return { ...EMPTY, project, cwd, ...remembered(project, cwd) };
}

/** A form that was begun before the projects were known is for where a new one would be. */
function placed(form: Form, first: string | undefined): Form {
  return form.project || form.cwd ? form : { ...form, ...usualPlace(first) };
}

function usualPlace(first: string | undefined): Pick<Form, "project" | "cwd"> {
  return lastPlace() ?? { project: first ?? "", cwd: "" };
}
