import { useEffect, useState } from "react";
import { asProblem, type Problem } from "~/platform/problem";
import { useApp } from "~/state/app";
import { refOf } from "~/state/keys";
import { read, write } from "~/state/storage";
import { useReadable } from "~/state/store";
import { EMPTY, type Form } from "./form";
import { placeOf, type Where } from "./places";
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
  /** The same, and begins anew. */
  reset: () => void;
};

/** The form as it was left, else a new one, or one like another task (`project/task`). `inView`: as of `Places`. */
export function useForm(from: string | undefined, inView: string | undefined): UseForm {
  const { host, tasks } = useApp();
  const { projects, byKey } = useReadable(tasks.value);
  const usual = useUsual();
  const key = from ? `draft.new.${from}` : "draft.new";
  const [state, setState] = useState<{ key: string; form?: Form; problem?: Problem }>(() => ({
    key,
    form: kept(key, inView),
  }));
  const current = state.key === key ? state : { key, form: kept(key, inView), problem: undefined };
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
  const place = placeOf({ inView, last: lastPlace(), projects, tasks: byKey.values() });
  const form = current.form ? placed(current.form, place) : from ? undefined : fresh(place);
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
    reset: () => {
      write(key, undefined);
      setState({ key });
    },
  };
}

/** What was typed; a form without a prompt, of another project than the one in view, is not gone on with. */
function kept(key: string, inView: string | undefined): Form | undefined {
  const stored = read<Partial<Form>>(key);
  const isOther = inView !== undefined && !stored?.prompt?.trim() && stored?.project !== inView;
  return stored && !isOther ? { ...EMPTY, ...stored } : undefined;
}

/** A new form: as a task was asked for there last. */
function fresh({ project, cwd, access }: Where): Form {
  return { ...EMPTY, project, cwd, ...remembered(project, cwd), ...(access && { access }) };
}

/** A form that was begun before the projects were known is for where a new one would be. */
function placed(form: Form, where: Where): Form {
  return form.project || form.cwd ? form : { ...form, ...where, access: where.access || form.access };
}
